// SPDX-License-Identifier: Apache-2.0
// The lab itself: what other lab tests rely on.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { labUnsupported, startLab } from './support/lab.js'

const unsupported = await labUnsupported()
const ansibles = Object.entries({ oldest: process.env['PATCHRUN_TEST_ANSIBLE_OLDEST'], newest: process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] })

if (unsupported) t.plan(0, unsupported)
else {
  const lab = await startLab({ nodes: 6 })
  t.teardown(() => lab.stop())
  const bootId = async (node: string): Promise<string> => (await lab.ssh(node, 'cat /proc/sys/kernel/random/boot_id')).stdout.trim()
  const answers = async (node: string): Promise<boolean> => (await lab.ssh(node, 'true', { timeout: 8000 })).exitCode === 0
  const comesBack = async (node: string): Promise<boolean> => {
    for (const until = Date.now() + 60_000; Date.now() < until; await sleep(200)) if (await answers(node)) return true
    return false
  }

  t.test('six nodes are up, each itself', async (t) => {
    t.same(lab.nodes, ['node01', 'node02', 'node03', 'node04', 'node05', 'node06'])
    const names = await Promise.all(lab.nodes.map(async (node) => (await lab.ssh(node, 'hostname; cat /etc/hostname')).stdout))
    t.same(names, lab.nodes.map((node) => `${node}\n${node}\n`))
    t.equal(new Set(await Promise.all(lab.nodes.map(bootId))).size, 6, 'six boot ids')
    const slurm = await lab.exec(['sinfo', '-h', '-N', '-o', '%N %T'])
    t.same(slurm.stdout.trim().split('\n'), lab.nodes.map((node) => `${node} idle`))
    await lab.ssh('node01', 'echo here > /home/ops/mine')
    t.equal((await lab.ssh('node02', 'test -e /home/ops/mine')).exitCode, 1, 'a file of one node is on no other')
  })

  for (const [age, bin] of ansibles) {
    t.test(`ansible reaches all nodes: the ${age}`, { skip: bin ? false : `no ${age} ansible-core was given` }, async (t) => {
      const { exitCode, stdout, stderr } = await lab.exec([join(bin ?? '', 'ansible'), '-i', lab.inventoryFile, 'all', '-m', 'ping'])
      t.equal(exitCode, 0, stderr)
      for (const node of lab.nodes) t.match(stdout, new RegExp(`^${node} \\| SUCCESS`, 'm'))
    })
  }

  t.test('packages', async (t) => {
    const apt = (what: string) => lab.ssh('node01', `sudo DEBIAN_FRONTEND=noninteractive apt-get -qy ${what}`)
    const version = async (): Promise<string> => (await lab.ssh('node01', `dpkg-query -W -f '\${Version} \${db:Status-Abbrev}' labpkg`)).stdout.trim()
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
    t.equal((await lab.ssh('node02', 'dpkg -s labpkg')).exitCode, 1, 'a package of one node is on no other')
  })

  t.test('a reboot is a reboot', async (t) => {
    const before = await bootId('node02')
    await lab.ssh('node02', 'echo kept > /home/ops/kept; echo lost | sudo tee /run/lost')
    await lab.ssh('node02', 'sudo reboot')
    let after = before
    for (const until = Date.now() + 60_000; Date.now() < until && (after === before || after === ''); await sleep(200)) after = await bootId('node02')
    t.match(after, /^[0-9a-f-]{36}$/)
    t.not(after, before, 'another boot id')
    const { stdout } = await lab.ssh('node02', 'cut -d. -f1 /proc/uptime; cat /home/ops/kept; cat /run/lost 2>/dev/null || echo gone')
    const [uptime, kept, lost] = stdout.trim().split('\n')
    t.ok(Number(uptime) < 60, `up for ${uptime} s`)
    t.same([kept, lost], ['kept', 'gone'])
  })

  t.test('what happens from outside, and heals', async (t) => {
    const off = await bootId('node05')
    await Promise.all([lab.power('node03', 'cut'), lab.power('node04', 'freeze'), lab.power('node05', 'pull')])
    t.same(await Promise.all(lab.nodes.map(answers)), [true, true, false, false, false, true], 'link cut, sshd frozen, power off')
    await t.rejects(lab.power('node05', 'freeze'), { message: /node05 is off/ })
    await Promise.all([lab.power('node03', 'join'), lab.power('node04', 'thaw'), lab.power('node05', 'on')])
    t.same(await Promise.all(['node03', 'node04', 'node05'].map(comesBack)), [true, true, true])
    t.not(await bootId('node05'), off, 'the one that was off has booted')
  })

  t.test('labs side by side share nothing', async (t) => {
    const other = await startLab({ nodes: 1 })
    t.teardown(() => other.stop())
    t.not((await other.ssh('node01', 'cat /proc/sys/kernel/random/boot_id')).stdout.trim(), await bootId('node01'))
    t.equal((await other.ssh('node01', 'dpkg -s labpkg')).exitCode, 1)
    t.not((await other.exec(['sh', '-c', 'echo $HOME'])).stdout, (await lab.exec(['sh', '-c', 'echo $HOME'])).stdout)
    await other.stop()
    t.notOk(existsSync(other.directory))
    t.ok(await answers('node01'), 'stopping one leaves the other')
  })

  t.test('a lab ends with the process that started it, however that ends', async (t) => {
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const script = join(t.testdir(), 'owner.mjs')
      const helper = join(import.meta.dirname, 'support/lab.js')
      await writeFile(script, `import { startLab } from '${helper}'\nconst lab = await startLab({ nodes: 1 })\nconsole.log(lab.directory)\nsetInterval(() => {}, 1000)\n`)
      const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
      const directory = await new Promise<string>((resolve) => owner.stdout.once('data', (text: Buffer) => resolve(text.toString().trim())))
      t.ok(processesOf(directory) > 5, `it runs (${processesOf(directory)} processes)`)
      owner.kill(signal)
      for (const until = Date.now() + 5000; Date.now() < until && processesOf(directory) > 0; ) await sleep(50)
      t.equal(processesOf(directory), 0, `no process is left after ${signal}`)
    }
  })
}

/** Processes that carry the lab's directory in their environment. */
function processesOf(directory: string): number {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && environment(pid).includes(`LAB_RUN=${directory}\0`)).length
}
function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}
