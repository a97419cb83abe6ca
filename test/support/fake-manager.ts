// SPDX-License-Identifier: Apache-2.0
// A workload manager of virtual machines, as small as the contract lets one be: what the core is
// told of it has nothing of Slurm.
import type { NodeUse, Occupant } from '../../lib/workload/contract/node-use.js'
import type { FleetPart, Manager, Report, RoleWord } from '../../lib/workload/contract/manager.js'
import { schedulerName } from '../../lib/fleet/policy/scheduler.js'
import type { Scene } from './manager-scene.js'

interface Host {
  readonly name: string
  readonly enabled: boolean
  readonly why: string
  readonly faulty: boolean
  readonly room: string
  readonly boot: number | null
  readonly guests: readonly Occupant[]
}

interface FakeReport extends Report {
  readonly hosts: readonly Host[]
}

export const writeForFake = ({ nodes, words = {} }: Scene): unknown => ({
  form: 'fake',
  words,
  hosts: nodes.map((node) => ({
    name: node.name,
    enabled: !node.drained,
    why: node.reason ?? '',
    faulty: node.refused === true,
    room: node.partition ?? '',
    boot: node.boot ?? null,
    guests: (node.occupants ?? []).map(({ id, user, end }) => ({
      kind: 'instance',
      id,
      user,
      end,
    })),
  })),
})

const isHost = (value: unknown): value is Host =>
  typeof value === 'object' && value !== null && 'guests' in value && Array.isArray(value.guests)

function useOf({ at, hosts }: FakeReport, name: string, prefix: string): NodeUse | null {
  const place = hosts.findIndex((h) => h.name === name)
  const host = hosts[place]
  if (!host) return null
  const { enabled, why, guests, faulty, room, boot } = host
  const ends = guests.map((g) => g.end)
  const emptyBy = ends.some((end) => end === null) ? null : Math.max(at, ...(ends as number[]))
  const ours = !enabled && why.startsWith(prefix)
  return {
    name,
    occupants: guests,
    draining: !enabled,
    ours,
    refused: faulty && !enabled ? `the host is at fault: ${why}` : null,
    empty: guests.length === 0,
    out: !enabled,
    drainable: enabled,
    inService: enabled,
    reserved: false,
    promised: false,
    place,
    partitions: room === '' ? [] : [room],
    emptyBy,
    expected: emptyBy ?? at + 60_000,
    idle: 0,
    standing: enabled ? '' : `disabled, and not by patchrun: ${why}`,
    shown: enabled ? 'enabled' : `disabled: ${why}`,
    boot,
  }
}

function seen(report: FakeReport, { nodes, names, prefix }: FleetPart) {
  const ours = new Map(nodes.map((n) => [schedulerName(n, names), n]))
  const uses = new Map<string, NodeUse>()
  const others = new Map<string, NodeUse>()
  for (const { name } of report.hosts) {
    const node = ours.get(name)
    const use = useOf(report, name, prefix) as NodeUse
    if (node === undefined) others.set(name, use)
    else uses.set(node, use)
  }
  return { at: report.at, uses, others }
}

export const FAKE: Manager<FakeReport> = {
  type: 'fake',
  words: {
    name: 'the fake cloud',
    shownBy: 'fake list',
    occupant: 'instance',
    giveBack: (names) => `fake enable ${names}`,
  },
  variables: () => ({}),
  read(data, at) {
    const { form, hosts, words } = (data ?? {}) as {
      form?: unknown
      hosts?: unknown
      words?: Readonly<Record<string, RoleWord>>
    }
    if (form !== 'fake' || !Array.isArray(hosts) || !hosts.every(isHost))
      return 'the report is none of the fake cloud'
    return { at, hosts, results: words ?? {} }
  },
  seen,
  useOf,
  merge: (report, part) => ({
    ...report,
    hosts: report.hosts.map((h) => part.hosts.find((p) => p.name === h.name) ?? h),
    results: {},
  }),
  occupants: ({ hosts }) => hosts.reduce((sum, { guests }) => sum + guests.length, 0),
  freeze: ({ at, hosts }) => ({ at, hosts }),
  thaw: (data) => ({ ...(data as Pick<FakeReport, 'at' | 'hosts'>), results: {} }),
  tried: () => undefined,
}
