// SPDX-License-Identifier: Apache-2.0
// The report of a scheduler role -> Workload. A site may bring roles of its own, so nothing in it
// is taken on trust.
import type { RoleWord } from '../contract/manager.js'
import { runTimes } from './run-times.js'
import type { Job, Reservation, SchedulerNode, Workload } from './types.js'

/** Characters of a name and a version. */
const SOFTWARE = 40

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : []
const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null
const list = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter(isFields) : []
const ms = (value: unknown): number | null => {
  const seconds = number(value)
  return seconds === null ? null : seconds * 1000
}

/** `at`: when it arrived, ms. A text instead of a workload says what is wrong with the report. */
export function readSchedulerReport(data: unknown, at: number): Workload | string {
  if (!isFields(data)) return 'the scheduler report is no object'
  if (data['version'] !== 1)
    return `the scheduler report has version ${JSON.stringify(data['version']) ?? 'none'}, this patchrun reads 1`
  if (!Array.isArray(data['nodes']) || !Array.isArray(data['jobs']))
    return 'the scheduler report has no lists of nodes and jobs'
  const nodes = list(data['nodes']).map(nodeOf)
  if (nodes.some((n) => n.name === '' || n.state.length === 0))
    return 'the scheduler report names a node without a name or a state'
  const software = text(data['software']).slice(0, SOFTWARE)
  return {
    at,
    nodes: new Map(nodes.map((n) => [n.name, n])),
    jobs: list(data['jobs']).map(jobOf),
    reservations: list(data['reservations']).map(reservationOf),
    ended: runTimes(endedOf(data['ended'])),
    results: resultsOf(data['results']),
    ...(software !== '' && { software }),
  }
}

const nodeOf = (node: Fields): SchedulerNode => ({
  name: text(node['name']),
  state: texts(node['state']).map((word) => word.toUpperCase()),
  reason: text(node['reason']),
  reasonBy: text(node['reasonBy']),
  features: texts(node['features']),
  partitions: texts(node['partitions']),
  cpus: number(node['cpus']) ?? 0,
  allocated: number(node['allocated']) ?? 0,
  boot: number(node['boot']),
})

const jobOf = (job: Fields): Job => ({
  id: text(job['array']) || text(job['id']),
  user: text(job['user']),
  state: text(job['state']),
  nodes: texts(job['nodes']),
  start: ms(job['start']),
  end: number(job['limit']) === null ? null : ms(job['end']),
  cpus: number(job['cpus']) ?? 0,
})

const reservationOf = (reservation: Fields): Reservation => ({
  name: text(reservation['name']),
  nodes: texts(reservation['nodes']),
  flags: texts(reservation['flags']).map((flag) => flag.toUpperCase()),
})

const endedOf = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.flatMap((v) => (number(v) === null || v < 0 ? [] : [v * 1000])) : []

function resultsOf(value: unknown): Readonly<Record<string, RoleWord>> {
  if (!isFields(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, r]) =>
      isFields(r) ? [[name, { result: text(r['result']), message: text(r['message']) }]] : [],
    ),
  )
}
