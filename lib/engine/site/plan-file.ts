// SPDX-License-Identifier: Apache-2.0
// A plan that was shown, kept so that a run does that and nothing else: the commit, the waves, and
// digests of the inventory. Variables themselves are not in it: they may hold secrets.
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { buildInventory } from '../../ansible/call/inventory-json.js'
import { PatchrunError, refuse } from '../../errors.js'
import type { Problem } from '../../errors.js'
import { foldHosts } from '../../fleet/names/host-fold.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { planWaves } from '../../rollout/index.js'
import type { PinnedCommit } from '../../rollout/index.js'

const VERSION = 1

export interface PlanFile {
  readonly schemaVersion: typeof VERSION
  readonly kind: 'plan-file'
  readonly fleet: string
  readonly environment: string
  /** ISO 8601. */
  readonly at: string
  readonly pin: PinnedCommit
  readonly limit: readonly string[] | null
  readonly waves: readonly { readonly wave: number; readonly nodes: readonly string[] }[]
  /** Digest of what the inventory says of each node. */
  readonly hosts: Readonly<Record<string, string>>
  /** Digest of groups and their variables. */
  readonly groups: string
}

/** A plan file that was read, and the path people know it by. */
export interface LoadedPlan extends PlanFile {
  readonly path: string
}

export function makePlanFile(
  fleet: Fleet,
  pin: PinnedCommit,
  limit: readonly string[] | null,
  at: string,
): PlanFile {
  return {
    schemaVersion: VERSION,
    kind: 'plan-file',
    fleet: fleet.name,
    environment: fleet.environment,
    at,
    pin,
    limit,
    waves: wavesOf(fleet, limit),
    ...digestsOf(fleet),
  }
}

/** Throws usage/plan-file where it cannot be written. */
export async function writePlanFile(path: string, plan: PlanFile): Promise<void> {
  await writeFile(path, `${JSON.stringify(plan, null, 1)}\n`, { mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new PatchrunError({
        code: 'usage/plan-file',
        message: `the plan file ${path} cannot be written: ${error.code ?? error.message}`,
        hint: 'Name a path in a directory that exists and is yours.',
        where: { file: path },
      })
    },
  )
}

/** Throws plan/unreadable. */
export async function readPlanFile(given: string): Promise<LoadedPlan> {
  const path = resolve(given)
  const bad = (what: string): PatchrunError =>
    new PatchrunError({
      code: 'plan/unreadable',
      message: `${given} is no plan file: ${what}`,
      hint: '`patchrun plan --out FILE` writes one.',
      where: { file: path },
    })
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw bad(error.code === 'ENOENT' ? 'there is no such file' : error.message)
  })
  let plan: Partial<PlanFile>
  try {
    plan = JSON.parse(text) as Partial<PlanFile>
  } catch {
    throw bad('it is not JSON')
  }
  if (plan?.kind !== 'plan-file') throw bad('its kind is another')
  if (plan.schemaVersion !== VERSION)
    throw bad(`its schemaVersion is ${String(plan.schemaVersion)}, this patchrun reads ${VERSION}`)
  const whole =
    typeof plan.pin?.sha === 'string' &&
    Array.isArray(plan.waves) &&
    plan.waves.every((w: Partial<PlanFile['waves'][number]> | null) => Array.isArray(w?.nodes)) &&
    typeof plan.hosts === 'object' &&
    plan.hosts !== null &&
    typeof plan.groups === 'string' &&
    plan.limit !== undefined
  if (!whole) throw bad('parts of it are missing')
  return { ...(plan as PlanFile), path }
}

/** Throws plan/moved with everything that is no longer as it was shown. */
export function requireSame(plan: LoadedPlan, fleet: Fleet): void {
  const where = { file: plan.path }
  const hint =
    'Nothing new was begun. `patchrun plan --out FILE` shows and keeps what would be done now.'
  const moved = (message: string): Problem => ({ code: 'plan/moved', message, hint, where })
  if (plan.fleet !== fleet.name || plan.environment !== fleet.environment) {
    throw new PatchrunError(
      moved(
        `the plan is for ${plan.fleet} (${plan.environment}), this is ${fleet.name} (${fleet.environment})`,
      ),
    )
  }
  const problems: Problem[] = []
  const now = wavesOf(fleet, plan.limit)
  const [before, after] = [plan.waves, now].map(
    (waves) => new Map(waves.flatMap((w) => w.nodes.map((n) => [n, w.wave] as const))),
  )
  const gone = [...(before?.keys() ?? [])].filter((n) => !after?.has(n))
  const fresh = [...(after?.keys() ?? [])].filter((n) => !before?.has(n))
  const elsewhere = [...(before ?? [])]
    .filter(([n, wave]) => after?.has(n) && after.get(n) !== wave)
    .map(([n]) => n)
  if (gone.length > 0)
    problems.push(moved(`not permitted any more, or not in the rollout: ${foldHosts(gone)}`))
  if (fresh.length > 0) problems.push(moved(`not in the plan: ${foldHosts(fresh)}`))
  if (elsewhere.length > 0)
    problems.push(moved(`in another wave than planned: ${foldHosts(elsewhere)}`))
  const { hosts, groups } = digestsOf(fleet)
  const changed = Object.keys(hosts).filter(
    (n) => plan.hosts[n] !== undefined && plan.hosts[n] !== hosts[n],
  )
  if (changed.length > 0)
    problems.push(moved(`the inventory says something else of ${foldHosts(changed)}`))
  if (groups !== plan.groups)
    problems.push(moved('groups of the inventory, or their variables, have changed'))
  refuse(problems)
}

/** Throws plan/moved when the ref leads to another commit by now. */
export function requirePin(plan: LoadedPlan, pin: PinnedCommit): void {
  if (plan.pin.sha === pin.sha) return
  throw new PatchrunError({
    code: 'plan/moved',
    message: `${pin.ref} is at ${pin.sha.slice(0, 12)}, the plan was made for ${plan.pin.sha.slice(0, 12)}`,
    hint: 'Nothing new was begun. `patchrun plan --out FILE` shows and keeps what would be done now.',
    where: { file: plan.path },
  })
}

const wavesOf = (fleet: Fleet, limit: readonly string[] | null): PlanFile['waves'] =>
  planWaves(fleet.nodes, fleet.policy, limit).map(({ index, nodes }) => ({ wave: index, nodes }))

function digestsOf(fleet: Fleet): Pick<PlanFile, 'hosts' | 'groups'> {
  const { _meta: meta, ...groups } = buildInventory(fleet)
  const { extraVars = {} } = fleet.ansible
  return {
    hosts: Object.fromEntries(
      Object.entries(meta.hostvars).map(([name, vars]) => [name, digest(vars)]),
    ),
    groups: digest(
      Object.keys(extraVars).length > 0 ? { ...groups, 'extra variables': extraVars } : groups,
    ),
  }
}

/** The same for the same values, in whatever order their keys come. */
function digest(value: unknown): string {
  const ordered = (v: unknown): unknown =>
    Array.isArray(v)
      ? v.map(ordered)
      : v !== null && typeof v === 'object'
        ? Object.fromEntries(
            Object.entries(v)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([k, x]) => [k, ordered(x)]),
          )
        : v
  return createHash('sha256')
    .update(JSON.stringify(ordered(value)))
    .digest('hex')
    .slice(0, 16)
}
