// SPDX-License-Identifier: Apache-2.0
// The component as GitLab would run it: gitlab-ci-local holds it against GitLab's schema and runs
// its jobs, with the real patchrun, a real bare repository and real Ansible on nodes that are
// directories.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { patchrun } from '../support/command.js'
import { site, writeTask } from '../support/playground.js'
import { makeProject, missingForPipelines } from '../support/pipeline.js'
import type { Project, Ran } from '../support/pipeline.js'
import { needsAnsible, OFTEN, SELDOM } from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

const missing = needsAnsible.skip ?? missingForPipelines()
const options = missing === undefined ? {} : { skip: missing }
t.setTimeout(2_400_000)

const version = (v: string, more = ''): Record<string, string> => ({
  'site.yml': site(writeTask('version', v) + more),
})
const at = (project: Project): (string | null)[] =>
  ['node01', 'node02'].map((n) => project.nodeFile(n, 'version'))

const UNTAGGED = `- name: motd
  write_file: { dest: "{{ node_root }}/motd", content: hello }
`
/** Until the log says so, or the job has ended. */
async function said({ child, log }: ReturnType<Project['start']>, words: RegExp): Promise<void> {
  while (!words.test(log()) && child.exitCode === null) await sleep(100)
}

await inQuick(t, 'a pipeline per commit', options, async (t) => {
  const project = makeProject(t.testdir(), OFTEN, { wait: '2s' })
  const { commit, git, push, pipeline, artifact } = project

  await t.test('the files are what GitLab reads: its own schema says so', async (t) => {
    commit('version 1', version('1'))
    push()
    t.match(await pipeline('push', '--list'), {
      code: 0,
      log: /json schema validated[^]*default:canary[^]*default:approve +deploy +manual[^]*default:wide/,
    })
    t.match(await pipeline('merge_request_event', '--list'), {
      code: 0,
      log: /default:lint[^]*default:look/,
    })
  })

  await t.test('a good commit: canary, approval, wide', async (t) => {
    const canary = await pipeline('push', 'default:canary')
    t.equal(canary.code, 0, canary.log)
    t.match(canary.log, 'json schema validated')
    t.match(
      canary.log,
      /patchrun_wave_0_1_started\n[^]*patchrun_wave_0_1 took/,
      'a section that can be folded',
    )
    t.same(at(project), ['1', null], 'no further than the canary')
    // The whole pipeline: its canary job is one that is given again.
    const ran = await pipeline('push', '--manual', 'default:approve')
    t.equal(ran.code, 0, ran.log)
    t.match(ran.log, /default:approve finished[^]*default:wide +finished/, 'one after the other')
    t.same(at(project), ['1', '1'])
    t.match(artifact('patchrun-default.xml'), /<testcase name="node02"[^>]*\/>/)
    t.match(
      artifact('patchrun-default.md'),
      /^### patchrun rollout: `playground \(default\)` is done\n/,
    )
  })

  await t.test('a merge request with an untagged task', async (t) => {
    git('checkout', '-q', '-b', 'feature')
    const sha = commit('motd', version('2', UNTAGGED))
    push('refs/merge-requests/1/head')
    const ran = await pipeline('merge_request_event', 'default:lint', 'default:look')
    t.equal(ran.code, 1, ran.log)
    t.match(ran.log, /default:lint[^\n]*FAIL/)
    t.notMatch(ran.log, /default:look[^\n]*FAIL/)
    const [violation, ...more] = JSON.parse(artifact('gl-code-quality-default.json')) as {
      location: object
    }[]
    t.match(violation, {
      check_name: 'patchrun/untagged',
      severity: 'major',
      location: { path: 'site.yml', lines: { begin: 10 } },
    })
    t.same(more, [])
    t.match(artifact('patchrun-default-lint.xml'), /<failure [^>]*type="untagged"/)
    t.match(artifact('patchrun-default-lint.md'), /\| untagged \| major \| `site\.yml:10` \|/)
    t.match(
      artifact('patchrun-default-detect.xml'),
      new RegExp(`${sha}[^]*name="node01"[^]*DRAIN`),
      'the commit of the merge request, on the canary',
    )
    t.notMatch(artifact('patchrun-default-detect.xml'), 'node02')
    t.match(artifact('patchrun-default-plan.md'), '`motd`')
    t.same(at(project), ['1', '1'], 'nothing was changed')
    git('checkout', '-q', 'main')
  })
})

await inFull(
  t,
  'pipelines that share, break, are overtaken, wait and are cancelled',
  options,
  async (t) => {
    const project = makeProject(t.testdir(), SELDOM, { wait: '2s' })
    const { commit, git, push, pipeline, artifact } = project
    for (const node of ['node01', 'node02']) project.putOn(node, 'version', '1')
    commit('version 1', version('1'))
    push()

    await t.test(
      'a child pipeline, and the example of the page, are what GitLab reads',
      async (t) => {
        project.declare({ rollout: { approval: ['start', 'wide', 'waves'] } })
        const child = await patchrun(['gitlab', '--child'], { cwd: project.directory })
        writeFileSync(join(project.directory, 'patchrun-child.yml'), child.stdout)
        t.match(await pipeline('push', '--list', '--file', 'patchrun-child.yml'), {
          code: 0,
          log: /json schema validated[^]*default:approve start[^]*default:wave 1/,
        })
        writeFileSync(
          join(project.directory, 'patchrun-child.yml'),
          child.stdout.replace('interruptible: false', 'interruptible: seldom'),
        )
        t.match(
          await pipeline('push', '--list', '--file', 'patchrun-child.yml'),
          { code: 1, log: /Invalid[^]*interruptible/ },
          'a fault is found',
        )
        const page = readFileSync(
          resolve(import.meta.dirname, '../../../docs/usage/gitlab.md'),
          'utf8',
        )
        const example =
          [...page.matchAll(/```yaml\n([^]*?)```/g)]
            .map((m) => m[1] ?? '')
            .find((text) => text.includes('trigger:')) ?? ''
        writeFileSync(join(project.directory, 'patchrun-child.yml'), example)
        t.match(
          await pipeline('push', '--list', '--file', 'patchrun-child.yml'),
          { code: 0, log: /json schema validated[^]*plan-the-rollout/ },
          'the example of the page',
        )
        project.declare({})
      },
    )

    await t.test('jobs that share nothing but the repository', async (t) => {
      project.declare({ fleet: 'elsewhere', state: { git: {} } })
      const wiped = async (job: string): Promise<Ran> => {
        rmSync(join(project.directory, '.patchrun'), { recursive: true, force: true })
        return pipeline('push', job)
      }
      t.match(await wiped('default:wide'), { code: 0, log: /WARN 5/ }, 'nobody has approved')
      t.match(await wiped('default:approve'), { code: 0, log: /approved/ })
      t.match(await wiped('default:wide'), {
        code: 0,
        log: /going on with rollout[^]*done, every node is GOOD/,
      })
      project.declare({ fleet: 'elsewhere', state: {} })
      t.match(await wiped('default:wide'), { log: /config\/state-not-kept[^]*FAIL 3/ })
      project.declare({})
    })

    await t.test('a commit that breaks on the canary', async (t) => {
      commit(
        'break',
        version('3', '- name: broken\n  ansible.builtin.command: "false"\n  tags: [HotChange]\n'),
      )
      push()
      const ran = await pipeline('push', '--manual', 'default:approve')
      t.equal(ran.code, 1, ran.log)
      t.match(ran.log, /default:canary[^\n]*FAIL 4/)
      // gitlab-ci-local plays a manual job whatever came before it, GitLab does not: it is refused
      // all the same.
      t.match(ran.log, /usage\/nothing-to-approve[^]*default:approve[^\n]*FAIL 2/)
      t.notMatch(ran.log, /default:wide +starting/)
      t.match(artifact('patchrun-default.xml'), /<failure [^>]*task &quot;broken&quot;/)
      t.equal(at(project)[1], '1', 'nobody but the canary was touched')
    })

    await t.test('an approval is bound to a SHA: one that moved is approved no more', async (t) => {
      const older = commit('version 4', version('4'))
      push()
      t.match(await pipeline('push', 'default:canary'), { code: 0 })
      const newer = commit('version 5', version('5'))
      push()
      t.match(await pipeline('push', 'default:canary'), {
        code: 0,
        log: /is closed: superseded by/,
      })
      // Jobs of the older pipeline: its checkout, its SHA. (What they end with stands in the log;
      // gitlab-ci-local itself ends with 0 where some codes are allowed.)
      git('reset', '-q', '--hard', older)
      t.match(await pipeline('push', 'default:approve'), {
        log: /usage\/not-the-pin[^]*default:approve finished[^\n]*FAIL 2/,
      })
      t.match(await pipeline('push', 'default:wide'), {
        log: /pin\/superseded[^]*default:wide +finished[^\n]*FAIL 3/,
      })
      t.match(
        await pipeline('push', 'default:canary'),
        { log: /pin\/superseded[^]*default:canary +finished[^\n]*FAIL 3/ },
        'retried, it takes nothing back',
      )
      t.same(at(project), ['5', '1'])
      git('reset', '-q', '--hard', newer)
      t.match(await pipeline('push', 'default:approve'), { code: 0 })
    })

    await t.test('what had to wait for a window is picked up on a schedule', async (t) => {
      project.declare({
        windows: { freeze: [{ from: '2020-01-01', to: '2120-01-01', reason: 'the long sleep' }] },
      })
      const frozen = await pipeline('push', 'default:wide')
      t.match(
        frozen,
        { code: 0, log: /default:wide +finished[^\n]*WARN 5/ },
        'goes on later, and is no failure',
      )
      t.match(frozen.log, 'the long sleep')
      t.match(await pipeline('schedule'), { code: 0, log: /default:pick-up finished[^\n]*WARN 5/ })
      t.same(at(project), ['5', '1'])
      project.declare({})
      const ran = await pipeline('schedule')
      t.match(ran, { code: 0, log: /done, every node is GOOD/ })
      t.notMatch(ran.log, 'WARN 5')
      t.same(at(project), ['5', '5'])
    })

    await t.test('a wide job that is cancelled, and then retried', async (t) => {
      // Its wave waits for a file: it is cancelled in its midst, however busy the machine.
      commit(
        'version 6',
        version(
          '6',
          `- name: slow
  ansible.builtin.shell: "touch '{{ node_root }}/begun'; until [ -e '{{ node_root }}/go' ]; do sleep 0.2; done"
  when: inventory_hostname == 'node02' and not ansible_check_mode
  changed_when: false
  tags: [HotChange]
`,
        ),
      )
      push()
      t.match(await pipeline('push', 'default:canary'), { code: 0 })
      t.match(await pipeline('push', 'default:approve'), { code: 0 })
      const job = project.start('push', 'default:wide')
      // What the log says comes before Ansible is started, and a job that is cancelled in between
      // has no step to finish.
      while (project.nodeFile('node02', 'begun') === null && job.child.exitCode === null)
        await sleep(100)
      t.equal(project.nodeFile('node02', 'begun'), '', `it is in the midst of it: ${job.log()}`)
      // As GitLab Runner does it: to the whole group of the job.
      process.kill(-(job.child.pid ?? 0), 'SIGTERM')
      await job.ended
      t.notMatch(job.log(), /done, every node/)
      // The cancelled one still finishes its step, and holds the lock meanwhile.
      const retried = project.start('push', '--input', 'wait=15m', 'default:wide')
      // The second is what it must not say: then nobody holds the lock, and the file is not waited
      // for in vain.
      await said(retried, /waiting for it to end: |changing 1 node/)
      project.putOn('node02', 'go', '')
      const again = await retried.ended
      t.match(
        again,
        { code: 0, log: /waiting for it to end: [^]*going on with rollout/ },
        again.log,
      )
      t.same(at(project), ['6', '6'])
      t.match(artifact('patchrun-default.md'), 'is done')
    })
  },
)
