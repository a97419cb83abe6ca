// SPDX-License-Identifier: Apache-2.0
// lib/engine/doctor/: whether everything a rollout stands on is there.
//
// `patchrun doctor`: everything a rollout stands on, looked at one by one, each with what to do
// about it.
import { mkdir, stat, statfs, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { agentKeys, sshVersion } from '../../ansible/programs/ssh.js'
import { findAnsible } from '../../ansible/programs/find-ansible.js'
import { checkVault, openToOthers } from '../../ansible/programs/vault-sources.js'
import { standingOf } from '../../ansible/programs/versions.js'
import { PatchrunError } from '../../errors.js'
import type { Problem } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { DoctorCheck, DoctorReport } from '../../report/model/answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import { count, durationText, shortSha } from '../../report/words/words.js'
import type { PinnedCommit } from '../../rollout/index.js'
import type { Store } from '../../store/store.js'
import { checkTargets } from './doctor-notify.js'
import { checkScheduler } from './doctor-scheduler.js'
import { layoutOf } from '../site/layout.js'
import { pinCommit } from '../commit/pin.js'
import { systemClock } from '../step/progress.js'
import type { Clock } from '../step/progress.js'
import { reach } from '../step/reachability.js'
import type { Session } from '../site/session.js'
import { storeOf } from '../site/store-of.js'

export interface DoctorOptions {
  readonly clock?: Clock
  readonly signal?: AbortSignal
  /** Told before each check. */
  readonly onCheck?: (name: string) => void
}

const MB = 1024 * 1024
const LEAST_SPACE = 100 * MB
const LITTLE_SPACE = 1024 * MB
/** Two clocks that differ by less are one. */
const CLOCK_SKEW = 5_000

type Found = Omit<DoctorCheck, 'name'>
const ok = (found: string): Found => ({ result: 'ok', found })
const warn = (found: string, hint: string): Found => ({ result: 'warn', found, hint })
const fail = (found: string, hint: string): Found => ({ result: 'fail', found, hint })

/**
 * Looks at all of it, whatever is broken. Touches no node but the canaries, which are asked to
 * answer. Never throws for what it finds.
 */
export async function doctor(
  session: Session,
  { clock = systemClock, signal, onCheck }: DoctorOptions = {},
): Promise<DoctorReport> {
  const checks: DoctorCheck[] = []
  const check = async (name: string, look: () => Promise<Found>): Promise<void> => {
    signal?.throwIfAborted()
    onCheck?.(name)
    checks.push({ name, ...(await look().catch((error: unknown) => broken(error))) })
  }
  let fleet: Fleet | undefined
  await check('config', async () => {
    fleet = await session.observe()
    return ok(
      `${fleet.file}: ${count(fleet.nodes.length, 'node')}, ${count(fleet.nodes.filter((n) => n.canary).length, 'canary', 'canaries')}, ${fleet.denied.length} denied`,
    )
  })
  const configured = fleet
  await check('ansible', async () => {
    const { version, playbook, from } = await findAnsible({
      configured: configured?.ansible.executable,
      signal,
    })
    const { words, hint } = standingOf(version)
    const found = `ansible-core ${version} (${playbook}, ${from}): ${words}`
    return hint === undefined ? ok(found) : warn(found, hint)
  })
  if (configured) await ofFleet(configured, session, clock, signal, check)
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'doctor',
    ...(configured && { fleet: configured.name, environment: configured.environment }),
    at: new Date(clock.now()).toISOString(),
    healthy: checks.every((c) => c.result !== 'fail'),
    checks,
  }
}

async function ofFleet(
  fleet: Fleet,
  session: Session,
  clock: Clock,
  signal: AbortSignal | undefined,
  check: (name: string, look: () => Promise<Found>) => Promise<void>,
): Promise<void> {
  const store = storeOf(fleet)
  await check('state directory', () => writable(fleet.stateDirectory))
  await check('disk', () => space(fleet.stateDirectory))
  if (store.probe) await check('state remote', async () => ok((await store.probe?.()) ?? ''))
  await check('journal', async () => {
    const { current, remembered, pause } = await store.read()
    const what = current ? `rollout ${current.id} is ${current.status}` : 'no rollout yet'
    const found = `${what}, completed: ${remembered === null ? 'nothing' : shortSha(remembered)}`
    return pause && (pause.until === undefined || pause.until > clock.now())
      ? warn(
          `${found}; paused by ${pause.by.user}@${pause.by.host}`,
          '`patchrun unpause` ends the pause.',
        )
      : ok(found)
  })
  await check('lock', async () => {
    const holder = await store.holder()
    if (!holder) return ok('free')
    const { user, host, pid, since } = holder
    return warn(
      `held by ${user}@${host}, process ${pid}, for ${durationText(clock.now() - since)}`,
      'A run is under way: `patchrun status` shows it. A holder that died is taken over by the next run.',
    )
  })
  await check('clock', () => clocks(fleet.stateDirectory, store, clock))
  let pinned: PinnedCommit | undefined
  await check('git', async () => {
    const { remembered } = await store.read().catch(() => ({ remembered: null }))
    const { pin } = await pinCommit(fleet, remembered, signal)
    pinned = pin
    return ok(
      `${pin.ref} of ${fleet.playbooks.repository.replace(/\/\/[^/@]*@/, '//')} is at ${shortSha(pin.sha)} "${pin.subject.slice(0, 80)}"`,
    )
  })
  if (fleet.notify.length > 0) await check('notify', () => checkTargets(fleet))
  const overSsh = fleet.nodes.some((n) => {
    const connection =
      n.vars['ansible_connection'] ?? fleet.groupVars['all']?.['ansible_connection']
    return typeof connection !== 'string' || !['local', 'docker', 'podman'].includes(connection)
  })
  if (overSsh) {
    await check('ssh', async () =>
      ok(
        (await sshVersion(signal)) ??
          raise('there is no ssh client', 'Install OpenSSH: `apt-get install openssh-client`.'),
      ),
    )
    await check('keys', async () => {
      const keys = await agentKeys(signal)
      return keys === null
        ? ok('no agent; Ansible uses the keys that its settings name')
        : keys === 0
          ? warn(
              'the agent holds no key',
              '`ssh-add` gives it one, unless Ansible is told of a key file.',
            )
          : ok(`the agent holds ${keys} key${keys === 1 ? '' : 's'}`)
    })
  }
  const { vault } = fleet.ansible
  if (vault.length > 0) {
    await check('vault', async () => {
      await checkVault(vault, signal)
      const open = await openToOthers(vault)
      const found = `${vault.length} password${vault.length === 1 ? '' : 's'}: ${vault.map((v) => v.id).join(', ')}`
      return open.length === 0
        ? ok(found)
        : warn(
            `${found}; everybody on this machine can read ${open.join(', ')}`,
            'Let only the user who runs patchrun read it: chmod 600.',
          )
    })
  }
  const at = pinned
  // Its roles may lie in the repository.
  if (fleet.scheduler && at)
    await check('scheduler', async () =>
      checkScheduler(
        fleet,
        await session.findAnsible(),
        at,
        join(dirname(layoutOf(fleet).runs), 'looks', 'doctor-scheduler'),
        clock,
        signal,
      ),
    )
  await check('canaries', async () => {
    const canaries = fleet.nodes.filter((n) => n.canary).map((n) => n.name)
    const directory = join(dirname(layoutOf(fleet).runs), 'looks', 'doctor')
    const install = await session.findAnsible()
    const unheard = await reach({ fleet, install, signal }, canaries, directory)
    if (unheard.size === 0)
      return ok(canaries.length === 1 ? `${canaries[0]} answers` : `all ${canaries.length} answer`)
    const told = [...unheard]
      .slice(0, 3)
      .map(([node, why]) => `${node}: ${why}`)
      .join('; ')
    return fail(
      `${unheard.size} of ${canaries.length} ${unheard.size === 1 ? 'does' : 'do'} not answer: ${told}`,
      `Mend the way to them: names, keys, user, Python. The log is ${join(directory, 'ansible.log')}.`,
    )
  })
}

function raise(message: string, hint: string): never {
  throw new PatchrunError({ code: 'ansible/missing', message, hint })
}

/** An error as a finding: its problems, and what to do about the first. */
function broken(error: unknown): Found {
  if (!(error instanceof PatchrunError))
    return fail(
      error instanceof Error ? error.message : String(error),
      'This is unexpected: please report it.',
    )
  const told = error.problems.map(
    ({ message, where }: Problem) =>
      `${where ? `${where.file}${where.line === undefined ? '' : `:${where.line}${where.column === undefined ? '' : `:${where.column}`}`}: ` : ''}${message}`,
  )
  return fail(told.join('\n'), error.problems[0].hint)
}

async function writable(directory: string): Promise<Found> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const probe = join(directory, `.doctor-${process.pid}`)
  await writeFile(probe, '')
  await unlink(probe)
  const { mode } = await stat(directory)
  const open = (mode & 0o022) !== 0
  return open
    ? warn(
        `${directory} can be written by others`,
        `Whoever writes there decides what is rolled out: chmod go-w ${directory}`,
      )
    : ok(`${directory} is writable`)
}

async function space(directory: string): Promise<Found> {
  const { bavail, bsize, files, ffree } = await statfs(directory)
  const free = bavail * bsize
  const text = `${Math.floor(free / MB).toLocaleString('en')} MB free`
  const hint =
    'Journal, logs and checkouts need room; a full disk stops a rollout before its next step. Old logs lie in runs/ and looks/.'
  if (free < LEAST_SPACE || (files > 0 && ffree < 1_000))
    return fail(free < LEAST_SPACE ? text : `${ffree} inodes free`, hint)
  return free < LITTLE_SPACE ? warn(text, hint) : ok(text)
}

/**
 * This machine's clock against the file system's and against the journal: windows and back-off rest
 * on it.
 */
async function clocks(directory: string, store: Store, clock: Clock): Promise<Found> {
  const probe = join(directory, `.doctor-${process.pid}`)
  await writeFile(probe, '')
  const { mtimeMs } = await stat(probe)
  await unlink(probe)
  const hint = 'Windows, soaks and back-off rest on the clock: let NTP keep it (`timedatectl`).'
  const skew = Math.abs(mtimeMs - clock.now())
  if (skew > CLOCK_SKEW)
    return fail(
      `the clock and that of the file system of ${directory} are ${durationText(skew)} apart`,
      hint,
    )
  const last = (await store.writtenAt().catch(() => null)) ?? 0
  if (last > clock.now() + CLOCK_SKEW)
    return fail(`the journal was written ${durationText(last - clock.now())} in the future`, hint)
  return ok(new Date(clock.now()).toISOString())
}
