// SPDX-License-Identifier: Apache-2.0
// lib/engine/doctor/: whether everything a rollout stands on is there.
//
// `patchrun doctor`: everything a rollout stands on, looked at one by one, each with what to do
// about it.
import { PatchrunError } from '../../errors.js'
import type { Problem } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { DoctorCheck, DoctorReport } from '../../report/model/answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import { count, shortSha } from '../../report/words/words.js'
import type { PinnedCommit } from '../../rollout/index.js'
import type { Store } from '../../store/store.js'
import { pinCommit } from '../commit/pin.js'
import type { Session } from '../site/session.js'
import { storeOf } from '../site/store-of.js'
import { systemClock } from '../step/progress.js'
import type { Clock } from '../step/progress.js'
import {
  checkAnsible,
  checkCanaries,
  checkKeys,
  checkPasswords,
  checkSsh,
  usesSsh,
} from './doctor-nodes.js'
import { checkTargets } from './doctor-notify.js'
import { checkScheduler, judgePartitions } from './doctor-scheduler.js'
import type { Report } from '../../workload/contract/manager.js'
import { checkClock, checkDirectory, checkJournal, checkLock, checkSpace } from './doctor-state.js'
import { fail, ok } from './found.js'
import type { CheckContext, Found } from './found.js'

export interface DoctorOptions {
  readonly clock?: Clock
  readonly signal?: AbortSignal
  /** Told before each check. */
  readonly onCheck?: (name: string) => void
}

/** Looks at one thing, and keeps what was found under this name. */
type Check = (name: string, look: () => Promise<Found>) => Promise<void>

/**
 * Looks at all of it, whatever is broken. Touches no node but the canaries, which are asked to
 * answer. Never throws for what it finds.
 */
export async function doctor(
  session: Session,
  { clock = systemClock, signal, onCheck }: DoctorOptions = {},
): Promise<DoctorReport> {
  const checks: DoctorCheck[] = []
  const check: Check = async (name, look) => {
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
  await check('ansible', () => checkAnsible(configured?.ansible.executable, signal))
  if (configured) await checkFleet({ fleet: configured, session, clock, signal }, check)
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'doctor',
    ...(configured && { fleet: configured.name, environment: configured.environment }),
    at: new Date(clock.now()).toISOString(),
    healthy: checks.every((c) => c.result !== 'fail'),
    checks,
  }
}

async function checkFleet(context: CheckContext, check: Check): Promise<void> {
  const { fleet, clock, signal } = context
  const { stateDirectory } = fleet
  const { vault } = fleet.ansible
  const store = storeOf(fleet)
  await check('state directory', () => checkDirectory(stateDirectory))
  await check('disk', () => checkSpace(stateDirectory))
  if (store.probe) await check('state remote', async () => ok((await store.probe?.()) ?? ''))
  await check('journal', () => checkJournal(store, clock))
  await check('lock', () => checkLock(store, clock))
  await check('clock', () => checkClock(stateDirectory, store, clock))
  let pinned: PinnedCommit | undefined
  await check('git', async () => {
    pinned = await pinOf(context, store)
    return ok(pinText(fleet, pinned))
  })
  const pin = pinned
  if (fleet.notify.length > 0) await check('notify', () => checkTargets(fleet))
  if (usesSsh(fleet)) {
    await check('ssh', () => checkSsh(signal))
    await check('keys', () => checkKeys(signal))
  }
  if (vault.length > 0) await check('vault', () => checkPasswords(vault, signal))
  if (pin) await checkSchedulers(context, pin, check)
  await check('canaries', () => checkCanaries(context))
}

async function checkSchedulers(
  context: CheckContext,
  pin: PinnedCommit,
  check: Check,
): Promise<void> {
  const { fleet } = context
  const heard = new Map<string, Report>()
  for (const scheduler of fleet.schedulers)
    await check(scheduler.field, () => checkScheduler(context, { scheduler, pin, heard }))
  // Of several, each knows a part of the partitions.
  const limited = Object.keys(fleet.policy.capacity.partitions).length > 0
  if (fleet.schedulers.length > 1 && heard.size === fleet.schedulers.length && limited)
    await check('partitions', () => Promise.resolve(judgePartitions(fleet, heard)))
}

/** A journal that cannot be read is no hindrance: it has a check of its own. */
async function pinOf({ fleet, signal }: CheckContext, store: Store): Promise<PinnedCommit> {
  const { remembered } = await store.read().catch(() => ({ remembered: null }))
  return (await pinCommit(fleet, remembered, signal)).pin
}

function pinText(
  { playbooks: { repository } }: Pick<Fleet, 'playbooks'>,
  { ref, sha, subject }: PinnedCommit,
): string {
  const shown = repository.replace(/\/\/[^/@]*@/, '//')
  return `${ref} of ${shown} is at ${shortSha(sha)} "${subject.slice(0, 80)}"`
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
