// SPDX-License-Identifier: Apache-2.0
// The lab itself: what other lab tests rely on.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { inFull, inQuick } from '../support/size.js'
import { labUnsupported, startLab } from './support/lab.js'

const unsupported = await labUnsupported()
const ansibles = Object.entries({
  oldest: process.env['PATCHRUN_TEST_ANSIBLE_OLDEST'],
  newest: process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'],
})

if (unsupported) t.plan(0, unsupported)
else {
  const lab = await startLab({ nodes: 4 })
  t.teardown(() => lab.stop())
  const bootId = async (node: string): Promise<string> =>
    (await lab.ssh(node, 'cat /proc/sys/kernel/random/boot_id')).stdout.trim()
  /**
   * ssh gives up by itself where nobody accepts the connection, or nobody speaks. A busy machine
   * only makes it slow.
   */
  const answers = async (node: string): Promise<boolean> =>
    (await lab.ssh(node, 'true')).exitCode === 0
  const silent = async (node: string): Promise<boolean> =>
    (await lab.exec(['ssh', ...lab.sshArgs, '-o', 'ConnectTimeout=3', `ops@${node}`, 'true']))
      .exitCode === 255
  const comesBack = async (node: string): Promise<boolean> => {
    for (const until = Date.now() + 120_000; Date.now() < until; await sleep(100))
      if (!(await silent(node))) return true
    return false
  }

  await inQuick(t, 'four nodes are up, each itself', {}, async (t) => {
    t.same(lab.nodes, ['node01', 'node02', 'node03', 'node04'])
    const names = await Promise.all(
      lab.nodes.map(async (node) => (await lab.ssh(node, 'hostname; cat /etc/hostname')).stdout),
    )
    t.same(
      names,
      lab.nodes.map((node) => `${node}\n${node}\n`),
    )
    t.equal(new Set(await Promise.all(lab.nodes.map(bootId))).size, 4, 'four boot ids')
    const slurm = await lab.exec(['sinfo', '-h', '-N', '-o', '%N %T'])
    t.same(
      slurm.stdout.trim().split('\n'),
      lab.nodes.map((node) => `${node} idle`),
    )
    await lab.ssh('node01', 'echo here > /home/ops/mine')
    t.equal(
      (await lab.ssh('node02', 'test -e /home/ops/mine')).exitCode,
      1,
      'a file of one node is on no other',
    )
  })

  for (const [age, bin] of ansibles) {
    await (age === 'newest' ? inQuick : inFull)(
      t,
      `ansible reaches all nodes: the ${age}`,
      { skip: bin ? false : `no ${age} ansible-core was given` },
      async (t) => {
        const { exitCode, stdout, stderr } = await lab.exec([
          join(bin ?? '', 'ansible'),
          '-i',
          lab.inventoryFile,
          'all',
          '-m',
          'ping',
        ])
        t.equal(exitCode, 0, stderr)
        for (const node of lab.nodes) t.match(stdout, new RegExp(`^${node} \\| SUCCESS`, 'm'))
      },
    )
  }

  await inQuick(t, 'packages', {}, async (t) => {
    const apt = (what: string) =>
      lab.ssh('node01', `sudo DEBIAN_FRONTEND=noninteractive apt-get -qy ${what}`)
    const version = async (): Promise<string> =>
      (
        await lab.ssh('node01', `dpkg-query -W -f '\${Version} \${db:Status-Abbrev}' labpkg`)
      ).stdout.trim()
    t.equal((await apt('update')).exitCode, 0)
    t.equal((await apt('install labpkg=1.0')).exitCode, 0)
    t.equal(await version(), '1.0 ii')
    t.equal((await apt('install labpkg=1.1')).exitCode, 0)
    t.equal(await version(), '1.1 ii')
    const broken = await apt('install labpkg=1.2')
    t.equal(broken.exitCode, 100)
    t.match(broken.stderr + broken.stdout, /postinst: boom/)
    t.equal(await version(), '1.2 iF', 'unpacked, not configured')
    t.equal((await apt('install --allow-downgrades labpkg=1.1')).exitCode, 0)
    t.equal(await version(), '1.1 ii', 'and it can be mended')
    t.equal((await apt('install broken')).exitCode, 100)
    t.equal(
      (await lab.ssh('node02', 'dpkg -s labpkg')).exitCode,
      1,
      'a package of one node is on no other',
    )
  })

  await inQuick(t, 'a reboot is a reboot', {}, async (t) => {
    const uptime = async (): Promise<number> =>
      Number((await lab.ssh('node02', 'cut -d. -f1 /proc/uptime')).stdout)
    const [before, upBefore] = [await bootId('node02'), await uptime()]
    await lab.ssh('node02', 'echo kept > /home/ops/kept; echo lost | sudo tee /run/lost')
    await lab.ssh('node02', 'sudo reboot')
    let after = before
    for (
      const until = Date.now() + 120_000;
      Date.now() < until && (after === before || after === '');
      await sleep(100)
    )
      after = await bootId('node02')
    t.match(after, /^[0-9a-f-]{36}$/)
    t.not(after, before, 'another boot id')
    // The first boot of a lab's node says that it is five minutes old.
    const upAfter = await uptime()
    t.ok(
      upBefore >= 300 && upAfter < upBefore,
      `up for ${upBefore} s, and for ${upAfter} s after it`,
    )
    const { stdout } = await lab.ssh(
      'node02',
      'cat /home/ops/kept; cat /run/lost 2>/dev/null || echo gone',
    )
    t.same(stdout.trim().split('\n'), ['kept', 'gone'])
  })

  await inFull(t, 'what happens from outside, and heals', {}, async (t) => {
    const off = await bootId('node04')
    await Promise.all([
      lab.power('node02', 'cut'),
      lab.power('node03', 'freeze'),
      lab.power('node04', 'pull'),
    ])
    t.same(
      await Promise.all(['node02', 'node03', 'node04'].map(silent)),
      [true, true, true],
      'link cut, sshd frozen, power off',
    )
    t.ok(await answers('node01'), 'the other one is as before')
    await t.rejects(lab.power('node04', 'freeze'), { message: /node04 is off/ })
    await Promise.all([
      lab.power('node02', 'join'),
      lab.power('node03', 'thaw'),
      lab.power('node04', 'on'),
    ])
    t.same(await Promise.all(['node02', 'node03', 'node04'].map(comesBack)), [true, true, true])
    t.not(await bootId('node04'), off, 'the one that was off has booted')
  })

  await inQuick(t, 'labs side by side share nothing', {}, async (t) => {
    const other = await startLab({ nodes: 1 })
    t.teardown(() => other.stop())
    t.not(
      (await other.ssh('node01', 'cat /proc/sys/kernel/random/boot_id')).stdout.trim(),
      await bootId('node01'),
    )
    await lab.ssh('node01', 'echo here > /home/ops/mine')
    t.equal((await other.ssh('node01', 'test -e /home/ops/mine')).exitCode, 1)
    t.not(
      (await other.exec(['sh', '-c', 'echo $HOME'])).stdout,
      (await lab.exec(['sh', '-c', 'echo $HOME'])).stdout,
    )
    await other.stop()
    t.notOk(existsSync(other.directory))
    t.ok(await answers('node01'), 'stopping one leaves the other')
  })

  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    await (signal === 'SIGKILL' ? inQuick : inFull)(
      t,
      `a lab ends with the process that started it, however that ends: ${signal}`,
      {},
      async (t) => {
        const script = join(t.testdir(), 'owner.mjs')
        const helper = join(import.meta.dirname, 'support/lab.js')
        await writeFile(
          script,
          `import { startLab } from '${helper}'\nconst lab = await startLab({ nodes: 1 })\nconsole.log(lab.directory)\nsetInterval(() => {}, 1000)\n`,
        )
        const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
        const directory = await new Promise<string>((resolve) =>
          owner.stdout.once('data', (text: Buffer) => resolve(text.toString().trim())),
        )
        t.ok(processesOf(directory) > 5, `it runs (${processesOf(directory)} processes)`)
        owner.kill(signal)
        for (const until = Date.now() + 60_000; Date.now() < until && processesOf(directory) > 0;)
          await sleep(50)
        t.equal(processesOf(directory), 0, `no process is left after ${signal}`)
      },
    )
  }
}

/** Processes that carry the lab's directory in their environment. */
function processesOf(directory: string): number {
  return readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && environment(pid).includes(`LAB_RUN=${directory}\0`),
  ).length
}
function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}
