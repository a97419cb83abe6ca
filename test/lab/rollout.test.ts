// SPDX-License-Identifier: Apache-2.0
// The command itself on real nodes over ssh: a package rises, canaries first; what must not run
// does not run; a package that breaks stops at the canaries; nodes that are away hold nobody up.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { makeRepository } from '../support/repository.js'
import { BOTH, OFTEN } from '../support/say.js'
import { full, inFull, inQuick, leave } from '../support/size.js'
import { labUnsupported, startLab } from './support/lab.js'
import type { Output } from './support/run.js'

const unsupported = await labUnsupported()
const program = resolve(import.meta.dirname, '../../bin/patchrun.js')
t.setTimeout(1_700_000)

interface Answer extends Output {
  readonly report: {
    rollout: {
      id: string
      halt?: { code: string; message: string; nodes: string[] }
      counts: Record<string, number>
      nodes: { node: string; stage: string; waiting?: string }[]
    }
  }
}

const labpkg = (version: string, before = ''): string => `- name: site
  hosts: all
  gather_facts: false
  become: true
  tasks:
${before}    - name: install labpkg
      ansible.builtin.apt: { name: labpkg=${version}, allow_downgrade: true }
      tags: [HotChange]
`
const HANDLER = `  handlers:
    - name: restart the world
      ansible.builtin.copy: { dest: /root/restarted, content: x, mode: "0600" }
      tags: [DrainChange]
`
const HIDDEN = `    - name: run a tool
      ansible.builtin.command: /bin/true
      tags: [HotChange]
      notify: restart the world
`

/** Time for things to happen between the look and the change. */
const SLOW = `    - name: take your time
      ansible.builtin.command: sleep 6
      changed_when: false
      tags: [HotChange]
`

if (unsupported !== undefined || BOTH.length === 0)
  t.plan(0, unsupported ?? 'no ansible-core to test with')
else
  for (const bin of BOTH) {
    if (bin === OFTEN) await t.test(`with ${bin}`, (t) => withAnsible(t, bin))
    else await inFull(t, `with ${bin}`, {}, (t) => withAnsible(t, bin))
  }

async function withAnsible(
  t: Pick<Test, 'test' | 'comment' | 'teardown'>,
  bin: string,
): Promise<void> {
  // What a run of every size holds is held with one Ansible there, and with the other one in the
  // rest.
  const inEach = bin === OFTEN ? inQuick : inFull
  const lab = await startLab({ nodes: full ? 6 : 3 })
  t.teardown(() => lab.stop())
  const others = lab.nodes.slice(2)
  const directory = join(lab.directory, 'fleet')
  await mkdir(directory)
  const repository = makeRepository(join(directory, 'playbooks'))
  await writeFile(
    join(directory, 'patchrun.yml'),
    `schemaVersion: 1
fleet: lab
playbooks: { repository: ./playbooks }
nodes: { allow: [${lab.nodes.join(', ')}], canary: ["node[01-02]"] }
inventory: { source: ${lab.inventoryFile} }
rollout: { soak: 1s, waves: ["100%"], maxFailed: 1, retries: { attempts: 1 } }
ansible: { forks: 6, hangTimeout: 45s, connectTimeout: 5s }
`,
  )
  const patchrun = async (...argv: string[]): Promise<Answer> => {
    const output = await lab.exec(
      [process.execPath, program, '-c', join(directory, 'patchrun.yml'), '--json', ...argv],
      { timeout: 900_000, env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } },
    )
    return { ...output, report: JSON.parse(output.stdout) as Answer['report'] }
  }
  const everywhere = (command: string): Promise<string[]> =>
    Promise.all(lab.nodes.map(async (n) => (await lab.ssh(n, command)).stdout.trim()))
  const versions = (): Promise<string[]> =>
    everywhere("dpkg-query -W -f '${Version} ${db:Status-Abbrev}' labpkg")
  const comesBack = async (node: string): Promise<void> => {
    for (
      const until = Date.now() + 120_000;
      (await lab.ssh(node, 'true')).exitCode !== 0;
      await sleep(100)
    )
      if (Date.now() > until) throw new Error(`${node} does not come back`)
  }
  const reset = async (version = '1.0'): Promise<void> =>
    void (await everywhere(
      `sudo DEBIAN_FRONTEND=noninteractive sh -c "apt-get -qy install --allow-downgrades labpkg=${version}; rm -f /root/restarted"`,
    ))
  await everywhere('sudo apt-get -qy update')

  await inEach(t, '1.0 to 1.1 reaches all nodes, canaries first', {}, async (t) => {
    await reset()
    t.same(
      await versions(),
      lab.nodes.map(() => '1.0 ii'),
    )
    repository.commit('labpkg 1.1', { 'site.yml': labpkg('1.1') })
    const { exitCode, report, stderr, stdout } = await patchrun('run', '--yes')
    if (!t.equal(exitCode, 0)) t.comment(stderr, stdout)
    t.same(
      await versions(),
      lab.nodes.map(() => '1.1 ii'),
      'seen by dpkg on the nodes',
    )
    const changed = await changedAt(
      join(directory, '.patchrun/environments/default/runs', report.rollout.id),
    )
    t.same([...changed.keys()].sort(), lab.nodes, 'changed once each')
    const at = (nodes: readonly string[]): number[] => nodes.map((n) => changed.get(n) ?? NaN)
    t.ok(
      Math.max(...at(lab.nodes.slice(0, 2))) < Math.min(...at(others)),
      'the event log: both canaries before any other',
    )
    // dpkg's own clock on the nodes, which knows nothing of patchrun.
    const upgraded = await everywhere(
      "grep -h 'upgrade labpkg' /var/log/dpkg.log | tail -1 | cut -c1-19",
    )
    t.ok(
      (upgraded[1] ?? '') <= (upgraded[2] ?? '') && (upgraded[0] ?? '') <= (upgraded[2] ?? ''),
      upgraded.join(', '),
    )
  })

  await inFull(
    t,
    'a Hot command that check mode cannot see and that notifies a DrainChange handler',
    {},
    async (t) => {
      await reset('1.1')
      repository.commit('hidden', { 'site.yml': labpkg('1.1') + HIDDEN + HANDLER })
      // Nothing else would change; the command is HotChange, and is to run once at each commit.
      const { exitCode, report } = await patchrun('run', '--yes')
      t.equal(exitCode, 4)
      t.match(report.rollout.halt, { code: 'guard' })
      repository.commit('hidden behind a change', { 'site.yml': labpkg('1.0') + HIDDEN + HANDLER })
      const halted = await patchrun('run', '--yes')
      t.equal(halted.exitCode, 4)
      t.match(halted.report.rollout.halt, {
        code: 'guard',
        message:
          /handler "restart the world" \(site\.yml:\d+, DrainChange\).*task "run a tool" \(site\.yml:\d+, HotChange\)/,
      })
      t.same(
        await everywhere('sudo test -e /root/restarted && echo ran || echo not'),
        lab.nodes.map(() => 'not'),
        'the handler never ran',
      )
      t.same(
        (await versions()).slice(2),
        others.map(() => '1.1 ii'),
        'nobody else was touched',
      )
      t.ok(report.rollout.nodes.length === 6)
    },
  )

  await inFull(t, 'where check mode sees it, the verdict is DRAIN', {}, async (t) => {
    await reset()
    repository.commit('seen', {
      'site.yml': labpkg('1.1') + '      notify: restart the world\n' + HANDLER,
    })
    const detected = JSON.parse((await patchrun('detect')).stdout) as {
      counts: Record<string, number>
    }
    t.equal(detected.counts['DRAIN'], 6)
    const waiting = await patchrun('run', '--yes')
    t.equal(waiting.exitCode, 5)
    t.match(waiting.report.rollout.nodes[0], { stage: 'drain', waiting: /restart the world/ })
    t.same(
      await versions(),
      lab.nodes.map(() => '1.0 ii'),
      'nothing was touched',
    )
  })

  await inEach(t, 'a package that breaks stops at the canaries', {}, async (t) => {
    await reset()
    repository.commit('labpkg 1.2, whose postinst fails', { 'site.yml': labpkg('1.2') })
    const { exitCode, report } = await patchrun('run', '--yes')
    t.equal(exitCode, 4)
    t.match(report.rollout.halt, {
      code: 'canary-failed',
      message: /task "install labpkg": .*site\.yml:6/s,
    })
    t.same(
      (await versions()).slice(2),
      others.map(() => '1.0 ii'),
      'the others are still at 1.0',
    )
  })

  await inFull(
    t,
    'a cut link, a frozen sshd and a node without power hold nobody up',
    {},
    async (t) => {
      repository.commit('labpkg 1.1 again', { 'site.yml': labpkg('1.1') })
      await writeFile(
        join(directory, 'patchrun.yml'),
        (await readFile(join(directory, 'patchrun.yml'), 'utf8')).replace(
          'maxFailed: 1',
          'maxFailed: 3',
        ),
      )
      // Connections that Ansible keeps open outlive a frozen listener: a later run finds them gone.
      await rm(join(lab.directory, 'home/.ansible/cp'), { recursive: true, force: true })
      await Promise.all([
        lab.power('node03', 'cut'),
        lab.power('node04', 'freeze'),
        lab.power('node05', 'pull'),
      ])
      const { exitCode, report } = await patchrun('run', '--yes')
      t.equal(exitCode, 4)
      t.match(report.rollout.halt, { code: 'nodes-failed', nodes: ['node03', 'node04', 'node05'] })
      t.equal(
        (await lab.ssh('node06', "dpkg-query -W -f '${Version}' labpkg")).stdout.trim(),
        '1.1',
        'the rest is done',
      )
      await Promise.all([
        lab.power('node03', 'join'),
        lab.power('node04', 'thaw'),
        lab.power('node05', 'on'),
      ])
      await comesBack('node05')
      t.equal((await patchrun('retry', '--yes')).exitCode, 0)
      t.equal((await patchrun('run', '--yes')).exitCode, 0)
      t.same(
        await versions(),
        lab.nodes.map(() => '1.1 ii'),
        'and in the end all are there',
      )
    },
  )

  // One Ansible is enough to show what patchrun makes of it, and the time-outs take their time.
  if (bin !== OFTEN) return
  if (!full) return leave(t, 'faults and a killed Ansible in the middle of a change')
  const declared = await readFile(join(directory, 'patchrun.yml'), 'utf8')
  const runs = join(directory, '.patchrun/environments/default/runs')
  /** The step that is just now in the middle of changing the nodes of a wave after the canaries. */
  const inTheMiddle = async (before: readonly string[]): Promise<string> => {
    for (let i = 0; i < 1_200; i++) {
      for (const rollout of (await readdir(runs)).filter((name) => !before.includes(name))) {
        const applies = (await readdir(join(runs, rollout)))
          .filter((name) => name.endsWith('-apply'))
          .sort()
        const step = applies[1] === undefined ? undefined : join(runs, rollout, applies[1])
        const events =
          step === undefined
            ? ''
            : await readFile(join(step, 'events.jsonl'), 'utf8').catch(() => '')
        if (step !== undefined && /"name": ?"take your time"/.test(events)) return step
      }
      await sleep(100)
    }
    throw new Error('no step got to the middle')
  }

  await t.test(
    'faults in the middle of a change: what comes back converges by itself, what stays away is quarantined by name',
    async (t) => {
      await reset()
      await writeFile(
        join(directory, 'patchrun.yml'),
        declared.replace('attempts: 1', 'attempts: 4, backoff: 3s, longest: 20s'),
      )
      repository.commit('labpkg 1.1, slowly', { 'site.yml': labpkg('1.1', SLOW) })
      const before = await readdir(runs)
      const running = patchrun('run', '--yes')
      await inTheMiddle(before)
      await Promise.all([
        lab.power('node03', 'cut'),
        lab.power('node04', 'freeze'),
        lab.power('node05', 'pull'),
      ])
      await sleep(5_000)
      await Promise.all([lab.power('node04', 'thaw'), lab.power('node05', 'on')])
      const { exitCode, report, stderr } = await running
      if (!t.equal(exitCode, 4)) t.comment(stderr)
      t.match(report.rollout.halt, { code: 'nodes-failed', nodes: ['node03'] })
      t.match(
        report.rollout.nodes.find((n) => n.node === 'node03'),
        { stage: 'quarantined', waiting: /quarantined after 4 attempts: .*unreachable/ },
      )
      await lab.power('node03', 'join')
      t.same(
        (await versions()).filter((_, i) => i !== 2),
        ['1.1 ii', '1.1 ii', '1.1 ii', '1.1 ii', '1.1 ii'],
        'the frozen one and the one without power came back and were tried again; the rest was not held up',
      )
      t.equal((await patchrun('retry', 'node03', '--yes')).exitCode, 0)
      t.equal((await patchrun('run', '--yes')).exitCode, 0)
      t.same(
        await versions(),
        lab.nodes.map(() => '1.1 ii'),
      )
    },
  )

  await t.test('Ansible killed in the middle of a change: looked at again, and done', async (t) => {
    await reset()
    repository.commit('labpkg 1.1, slowly, once more', {
      'site.yml': `${labpkg('1.1', SLOW)}# once more\n`,
    })
    const before = await readdir(runs)
    const running = patchrun('run', '--yes')
    const step = await inTheMiddle(before)
    const { pid } = JSON.parse(await readFile(join(step, 'process.json'), 'utf8')) as {
      pid: number
    }
    // The lab has a process table of its own.
    t.equal((await lab.exec(['kill', '-KILL', '--', `-${pid}`])).exitCode, 0)
    const { exitCode, stderr } = await running
    if (!t.equal(exitCode, 0)) t.comment(stderr)
    t.same(
      await versions(),
      lab.nodes.map(() => '1.1 ii'),
    )
  })
}

/**
 * When each node was changed, by the events of every apply of a rollout; throws when one was
 * changed twice.
 */
async function changedAt(directory: string): Promise<Map<string, number>> {
  const changed = new Map<string, number>()
  for (const step of (await readdir(directory)).filter((name) => name.endsWith('-apply'))) {
    for (const line of (await readFile(join(directory, step, 'events.jsonl'), 'utf8'))
      .trim()
      .split('\n')) {
      const event = JSON.parse(line) as { ev: string; host: string; changed: boolean; ts: number }
      if (event.ev !== 'ok' || !event.changed) continue
      if (changed.has(event.host)) throw new Error(`${event.host} was changed twice`)
      changed.set(event.host, event.ts)
    }
  }
  return changed
}
