// SPDX-License-Identifier: Apache-2.0
// What a declaration can get wrong without anybody looking at a list: the form is right, the sense
// is not.
import type { Problem } from '../../errors.js'
import type { Declaration, HealthGates, Rollout } from './config.generated.js'
import { parseDuration } from '../time/duration.js'
import { extraArgFaults } from './extra-args.js'
import { parseHosts } from '../names/host-expression.js'
import { groupNameFault } from '../names/host-name.js'
import { nearest } from '../names/nearest.js'
import { notifyProblems } from './notify-problems.js'
import { promotionProblems } from './promotion.js'
import { isRef } from '../names/ref-name.js'
import { declaredSchedulers, schedulerProblems } from './declared-schedulers.js'
import { timingProblems } from './timing-problems.js'
import { escapePointer, type Located } from '../yaml/yaml-source.js'

function hostProblems(
  text: string,
  pointer: string,
  places: Located,
  which: 'key' | 'value',
  inList: boolean,
): Problem[] {
  return parseHosts(text, { inList }).problems.map((p) => ({
    code: p.code,
    message: p.message,
    hint: p.hint,
    where:
      which === 'key'
        ? places.place(pointer, 'key')
        : places.placeWithin(pointer, p.column - 1, p.text),
  }))
}

/** Expressions of a plain list, below `pointer`. */
const eachExpression = (
  list: readonly unknown[],
  pointer: string,
  places: Located,
  inList: boolean,
): Problem[] =>
  list.flatMap((entry, i) =>
    typeof entry === 'string'
      ? hostProblems(entry, `${pointer}/${i}`, places, 'value', inList)
      : [],
  )

function rolloutProblems(
  rollout: Rollout | undefined,
  pointer: string,
  places: Located,
): Problem[] {
  const problems: Problem[] = []
  const last: { count: number; percent: number } = { count: 0, percent: 0 }
  for (const [i, wave] of (rollout?.waves ?? []).entries()) {
    const kind = typeof wave === 'number' ? 'count' : 'percent'
    const size = typeof wave === 'number' ? wave : Number.parseInt(wave, 10)
    if (size <= last[kind]) {
      problems.push({
        code: 'config/waves',
        message: `wave ${i + 1} reaches ${wave}, no more than a wave before it`,
        hint: 'Each entry is the share reached in all when that wave is done, so they rise: ["10%", "50%", "100%"].',
        where: places.place(`${pointer}/waves/${i}`),
      })
    }
    last[kind] = Math.max(last[kind], size)
  }
  return problems
}

function healthProblems(
  gates: HealthGates | undefined,
  pointer: string,
  places: Located,
): Problem[] {
  const names = (gates ?? []).map(({ name }) => name)
  return names.flatMap((name, i) =>
    names.indexOf(name) === i
      ? []
      : [
          {
            code: 'config/duplicate-gate',
            message: `two health gates are called "${name}"`,
            hint: 'Give each a name of its own; status shows it.',
            where: places.place(`${pointer}/${i}/name`),
          },
        ],
  )
}

/** What the fleet and an environment say alike. */
const policyProblems = (
  {
    rollout,
    windows,
    health,
    notify,
  }: Pick<Declaration, 'rollout' | 'windows' | 'health' | 'notify'>,
  pointer: string,
  places: Located,
): Problem[] => [
  ...rolloutProblems(rollout, `${pointer}/rollout`, places),
  ...timingProblems(windows, `${pointer}/windows`, places),
  ...healthProblems(health, `${pointer}/health`, places),
  ...notifyProblems(notify, `${pointer}/notify`, places),
]

/** Shorter than this, a busy machine is taken for a dead one. */
const SHORTEST_LOCK = 10_000

function stateProblems({ state }: Declaration, places: Located): Problem[] {
  const ref = state?.git?.ref
  const problems: Problem[] =
    ref === undefined || isRef(ref)
      ? []
      : [
          {
            code: 'config/state-ref',
            message: `"${ref.slice(0, 80)}" is no name of a ref`,
            hint: 'Write one below refs/, such as "refs/patchrun/m3", with letters, digits, "-", "_" and single dots.',
            where: places.place('/state/git/ref'),
          },
        ]
  return [...problems, ...lockProblems({ state }, places)]
}

function lockProblems({ state }: Pick<Declaration, 'state'>, places: Located): Problem[] {
  if (state?.lockTimeout === undefined || parseDuration(state.lockTimeout) >= SHORTEST_LOCK)
    return []
  return [
    {
      code: 'config/lock-timeout',
      message: `a lock is taken over after ${state.lockTimeout}`,
      hint: 'Write at least "10s": a machine under load may be silent for seconds.',
      where: places.place('/state/lockTimeout'),
    },
  ]
}

/** Every problem of sense, in no order. */
export function semanticProblems(config: Declaration, places: Located): Problem[] {
  const problems: Problem[] = []
  const lists = (nodes: object, pointer: string): void => {
    for (const [name, list] of Object.entries(nodes)) {
      if (!Array.isArray(list)) continue
      problems.push(...eachExpression(list, `${pointer}/${name}`, places, true))
      if (list.length > 0 || name === 'deny') continue
      problems.push({
        code: 'config/empty-list',
        message: name === 'canary' ? 'the canary list is empty' : 'the allow list is empty',
        hint:
          name === 'canary'
            ? 'Name at least one node that is touched first.'
            : 'Name the nodes that patchrun may touch, such as "node[01-06]".',
        where: places.place(`${pointer}/${name}`, 'key'),
      })
    }
  }
  lists(config.nodes, '/nodes')
  if (!config.nodes.canary && !config.environments) {
    problems.push({
      code: 'config/missing-field',
      message: 'nodes has no "canary"',
      hint: 'Name at least one node that is touched first, such as canary: ["node01"].',
      where: places.place('/nodes', 'key'),
    })
  }
  for (const [name, environment] of Object.entries(config.environments ?? {})) {
    const pointer = `/environments/${escapePointer(name)}`
    lists(environment.nodes, `${pointer}/nodes`)
    problems.push(...policyProblems(environment, pointer, places))
  }
  problems.push(
    ...policyProblems(config, '', places),
    ...promotionProblems(config, places),
    ...stateProblems(config, places),
    ...schedulerProblems(config, places),
  )
  for (const [name, members] of Object.entries(config.partitions ?? {}))
    problems.push(...eachExpression(members, `/partitions/${escapePointer(name)}`, places, true))
  for (const { pointer, set } of declaredSchedulers(config))
    problems.push(...eachExpression(set.nodes ?? [], `${pointer}/nodes`, places, true))
  for (const [name, guests] of Object.entries(config.runsOn ?? {}))
    problems.push(...eachExpression(guests, `/runsOn/${escapePointer(name)}`, places, true))

  const groups = config.inventory?.groups ?? {}
  for (const [name, members] of Object.entries(groups)) {
    const pointer = `/inventory/groups/${escapePointer(name)}`
    const fault = groupNameFault(name)
    if (fault) problems.push({ ...fault, where: places.place(pointer, 'key') })
    problems.push(...eachExpression(members, pointer, places, true))
  }
  for (const name of Object.keys(config.inventory?.hostVars ?? {})) {
    problems.push(
      ...hostProblems(name, `/inventory/hostVars/${escapePointer(name)}`, places, 'key', false),
    )
  }
  const domains = config.failureDomains
  if (domains && !('fromGroups' in domains) && !('fromVariable' in domains)) {
    for (const [name, members] of Object.entries(domains)) {
      const meant = nearest(name, ['fromGroups', 'fromVariable'])
      if (meant) {
        problems.push({
          code: 'config/unknown-field',
          message: `failureDomains has an unknown field: "${name}"`,
          hint: `Did you mean "${meant}"?`,
          where: places.place(`/failureDomains/${escapePointer(name)}`, 'key'),
        })
        continue
      }
      problems.push(
        ...eachExpression(members, `/failureDomains/${escapePointer(name)}`, places, true),
      )
    }
  }
  for (const fault of extraArgFaults(config.ansible?.extraArgs ?? [])) {
    const { file, line, column } = places.place(`/ansible/extraArgs/${fault.index}`)
    // The argument itself is not repeated: a mistyped option may carry a secret.
    problems.push({
      code: 'config/extra-args',
      message: fault.message,
      hint: fault.hint,
      where: { file, ...(line ? { line } : {}), ...(column ? { column } : {}) },
    })
  }
  return problems
}
