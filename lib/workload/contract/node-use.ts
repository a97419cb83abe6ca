// SPDX-License-Identifier: Apache-2.0
// lib/workload/contract/: what the core is told of a node, and what each workload manager fills in.
//
// What the core knows of a workload manager, whichever it is: what each node is in use for. Pure.

/** Something that runs on nodes. */
export interface Occupant {
  /** What it is called; a job where nothing is said. */
  readonly kind?: 'instance'
  readonly id: string
  readonly user: string
  /** When it ends at the latest, ms since the epoch; null: nobody knows. */
  readonly end: number | null
}

/** What a node is in use for, as its manager told it. Times are ms since the epoch. */
export interface NodeUse {
  /** As the manager calls it. */
  readonly name: string
  readonly occupants: readonly Occupant[]
  /** Takes nothing new. */
  readonly draining: boolean
  /** The drain carries our reason. A reason that outlived its drain says nothing. */
  readonly ours: boolean
  /** The manager itself keeps it out, where our drain stood: its words; null: it does not. */
  readonly refused: string | null
  /** Nothing is on it, nothing is ending on it, and nothing that somebody asked for is to come. */
  readonly empty: boolean
  /** Out of service: counts against every limit of how many may be. */
  readonly out: boolean
  /** It is in service, and may be drained. */
  readonly drainable: boolean
  /** Users may have it, or those of them for whom the site keeps it. */
  readonly inService: boolean
  /** Kept by the site for some of its users, who may use it. */
  readonly reserved: boolean
  /** It is about to get work. */
  readonly promised: boolean
  /** Where it stands in the manager's list, from which it gives work to the first that fit. */
  readonly place: number
  readonly partitions: readonly string[]
  /** When its last occupant ends at the latest; null: nobody knows. Of an empty node: now. */
  readonly emptyBy: number | null
  /** When it is expected to be empty. */
  readonly expected: number
  /** How long the whole node is expected to be idle until then, were it drained now, ms. */
  readonly idle: number
  /** Why it is as it is, in the manager's words, where it may not be drained or is out. */
  readonly standing: string
  /** How the manager shows it, in a few words. */
  readonly shown: string
  /** When it booted last, s since the epoch, by its own clock; null: not known. */
  readonly boot: number | null
}

/** One look at a manager. */
export interface Seen {
  /** When, by patchrun's clock, ms since the epoch. */
  readonly at: number
  /** By the inventory's names; what is not here the manager does not know. */
  readonly uses: ReadonlyMap<string, NodeUse>
  /** Nodes of the manager that are not the fleet's, by its own names. */
  readonly others: ReadonlyMap<string, NodeUse>
}

/** Out, and not by us. */
export const isForeign = (use: NodeUse | null | undefined): boolean => !!use && use.out && !use.ours

/** "job 4711 of alice ends by 14:20 UTC", the one that lasts longest; "" where there is none. */
export function describeOccupants(
  occupants: readonly Occupant[],
  clock: (at: number) => string,
): string {
  const [last] = [...occupants].sort((a, b) => (b.end ?? Infinity) - (a.end ?? Infinity))
  if (!last) return ''
  const ends = last.end === null ? 'has no limit' : `ends by ${clock(last.end)}`
  const more = occupants.length > 1 ? `, and ${occupants.length - 1} more before it` : ''
  return `${last.kind ?? 'job'} ${last.id} of ${last.user} ${ends}${more}`
}
