// SPDX-License-Identifier: Apache-2.0
// A lab for a test: real nodes with sshd, file system, package manager, scheduler and reboot, in
// namespaces on this machine.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Options, type Output, run } from './run.js'

const root = resolve(import.meta.dirname, '../../../..')
const scripts = join(root, 'test/lab/slurm')
const tools = process.env['PATCHRUN_TOOLS_DIR'] ?? join(root, '.patchrun-tools')
const PREFIX = 'patchrun-lab-'

/** What happens to a node from outside; slurm/lab-power.sh says each in words. */
export type PowerVerb = 'pull' | 'on' | 'cut' | 'join' | 'freeze' | 'thaw'

export interface Lab {
  /**
   * Holds this lab: `id` (key of user ops), `known_hosts`, `inventory.ini`, `log/`, `home/`. Gone
   * after `stop`.
   */
  readonly directory: string
  /** node01, node02, … */
  readonly nodes: readonly string[]
  readonly inventoryFile: string
  /** What ssh needs between its name and `ops@node01`. */
  readonly sshArgs: readonly string[]
  /**
   * Runs a command in the control namespace: this machine's files, the lab's network, HOME of the
   * lab's own.
   */
  exec(argv: readonly string[], options?: Options): Promise<Output>
  /** Runs a shell command on a node, as user ops. */
  ssh(node: string, command: string, options?: Options): Promise<Output>
  power(node: string, verb: PowerVerb): Promise<void>
  /** Ends everything in the lab at once. Safe to call twice. */
  stop(): Promise<void>
}

const NEEDS: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  ip: 'iproute2',
  pgrep: 'procps',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  python3: 'python3',
  mmdebstrap: 'mmdebstrap',
  'dpkg-scanpackages': 'dpkg-dev',
  slurmctld: 'slurmctld',
  scontrol: 'slurm-client',
  munged: 'munge',
}

/** Why there can be no lab on this machine, in words for the summary; undefined when there can. */
export async function labUnsupported(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'the lab makes namespaces and mounts: it needs root'
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^VERSION_CODENAME=(bookworm|trixie|forky)$/m.test(release))
    return "the lab's nodes are made from the sources of Debian 12, 13 or the next one, and this is another system"
  const missing = await Promise.all(
    Object.entries(NEEDS).map(async ([command, name]) =>
      (await run(['sh', '-c', `command -v ${command}`])).exitCode === 0 ? [] : [name],
    ),
  )
  if (missing.flat().length > 0)
    return `the lab needs: apt-get install ${[...new Set(missing.flat())].join(' ')}`
  const overlay =
    'mount -t tmpfs t /mnt && mkdir /mnt/l /mnt/u /mnt/w /mnt/m && mount -t overlay o -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w /mnt/m'
  const probe = await run([
    'unshare',
    '--mount',
    '--uts',
    '--ipc',
    '--net',
    '--pid',
    '--time',
    '--fork',
    '--propagation',
    'private',
    'sh',
    '-c',
    overlay,
  ])
  return probe.exitCode === 0
    ? undefined
    : `no namespaces or overlay mounts here: ${probe.stderr.trim()}`
}

/**
 * Builds the file system that all nodes share, unless it is there; where it lies. Another checkout
 * may be building the same, on a busy machine.
 */
export async function buildBase(): Promise<string> {
  const builder = join(scripts, 'lib/base.sh')
  const base = process.env['LAB_BASE'] ?? (await run([builder, '--where', tools])).stdout.trim()
  const { exitCode, stderr } = await run([builder, base], { timeout: 1_200_000 })
  if (exitCode !== 0)
    throw new Error(`the nodes' file system could not be built:\n${stderr.slice(-2000)}`)
  return base
}

/**
 * Brings up a lab (a second or two; the first one ever builds the nodes' file system, about 35 s).
 * However this process ends, the kernel ends the lab with it. Fails with the lab's last words after
 * five minutes.
 */
export async function startLab({
  nodes = 6,
  bootDelay = Number(process.env['LAB_BOOT_DELAY'] ?? 0.2),
  etc,
  enough,
}: {
  readonly nodes?: number
  /** How long a node's firmware takes, s. */ readonly bootDelay?: number
  /** Of slurm/etc: what Slurm's configuration has besides. */ readonly etc?: string
  /** It is up when so many nodes are idle; otherwise when all are. */ readonly enough?: number
} = {}): Promise<Lab> {
  await sweep()
  const base = await buildBase()
  const directory = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
  // The kernel kills a process with --pdeathsig when its parent dies, and lab-run.sh takes the
  // whole lab with it.
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', join(scripts, 'lib/lab-run.sh'), String(nodes), directory, base],
    {
      detached: true,
      env: {
        ...process.env,
        LAB_BOOT_DELAY: String(bootDelay),
        ...(etc !== undefined && { LAB_ETC: join(scripts, 'etc', etc) }),
        ...(enough !== undefined && { LAB_READY: String(enough) }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  // Whether it could be started at all is seen from its pid, below.
  child.once('error', () => {})
  const words = lastWords(child)
  const tidy = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', tidy)
  try {
    const pid = await ready(child, directory)
    return lab(child, pid, { directory, base }, nodes, () => process.off('exit', tidy))
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`the lab did not come up: ${(error as Error).message}\n${words()}`, {
      cause: error,
    })
  }
}

function lab(
  child: ChildProcess,
  pid: number,
  { directory, base }: { readonly directory: string; readonly base: string },
  count: number,
  tidied: () => void,
): Lab {
  const nodes = Array.from({ length: count }, (_, n) => `node${String(n + 1).padStart(2, '0')}`)
  const env = { LAB_RUN: directory, LAB_BASE: base }
  const sshArgs = [
    '-F',
    'none',
    '-i',
    join(directory, 'id'),
    '-o',
    `UserKnownHostsFile=${join(directory, 'known_hosts')}`,
    '-o',
    'StrictHostKeyChecking=yes',
    '-o',
    'BatchMode=yes',
  ]
  const exec: Lab['exec'] = (argv, options = {}) =>
    run([join(scripts, 'lab-exec.sh'), ...argv], { ...options, env: { ...options.env, ...env } })
  return {
    directory,
    nodes,
    inventoryFile: join(directory, 'inventory.ini'),
    sshArgs,
    exec,
    ssh: (node, command, options) => exec(['ssh', ...sshArgs, `ops@${node}`, command], options),
    async power(node, verb) {
      const { exitCode, stderr } = await run([join(scripts, 'lab-power.sh'), node, verb], { env })
      if (exitCode !== 0) throw new Error(`${node} ${verb}: ${stderr.trim()}`)
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((done) => child.once('close', done))
        process.kill(pid, 'SIGKILL')
        await gone
      }
      tidied()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/**
 * Resolves to the lab's pid 1 as this machine sees it, once every node is idle in the scheduler and
 * answers ssh.
 */
async function ready(child: ChildProcess, directory: string): Promise<number> {
  const until = Date.now() + 300_000
  while (!existsSync(join(directory, 'ready'))) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      throw new Error('it ended')
    if (Date.now() > until) throw new Error('no answer for five minutes')
    await sleep(50)
  }
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  await writeFile(join(directory, 'pid'), children.trim())
  return Number(children)
}

// A process that was killed outright could not tidy up; its lab is gone, its directory is not.
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (owner && !existsSync(`/proc/${owner}`))
      await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function lastWords(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-4000)))
  }
  return () => text
}
