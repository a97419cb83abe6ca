// SPDX-License-Identifier: Apache-2.0
// The rooms of the house (docs/architecture.md), from the top to the ground, and the rooms inside them.

/**
 * By room, its inner rooms from top to bottom. A file that lies in the room itself and is not named
 * here is above them all.
 */
export const HOUSE = {
  bin: [],
  cli: ['gitlab', 'begin', 'look', 'steer', 'shells', 'call', 'screen'],
  index: [],
  engine: ['verbs', 'doctor', 'run', 'visit', 'tags', 'orders', 'step', 'commit', 'site'],
  notify: [],
  report: ['text', 'formats', 'model', 'words'],
  store: ['git', 'journal', 'lock', 'store.ts', 'disk'],
  outcome: ['tags', 'summary'],
  git: ['checkout', 'mirror', 'process'],
  ansible: ['run', 'programs', 'call', 'events'],
  rollout: ['decide', 'visit', 'limits', 'world', 'say', 'state', 'record'],
  workload: ['slurm', 'contract'],
  fleet: ['policy', 'lists', 'declare', 'yaml', 'time', 'names'],
  errors: [],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Room = keyof typeof HOUSE
export const ROOMS = Object.keys(HOUSE) as readonly Room[]

export interface Place {
  readonly room: Room
  /** The inner room, or the named file between inner rooms. */
  readonly inner?: string
}

/** undefined: the path is in no room, or in none inside it that the house has. */
export function placeOf(path: string): Place | undefined {
  const [top, name = '', ...rest] = path.split('/')
  const room = ROOMS.find((r) => r === (top === 'bin' ? 'bin' : name.replace(/\.ts$/, '')))
  if (!room || (top !== 'bin' && top !== 'lib')) return undefined
  const [inner = ''] = rest
  if (rest.length <= 2 && (HOUSE[room] as readonly string[]).includes(inner)) return { room, inner }
  return rest.length > 1 ? undefined : { room }
}

/** How far below the top of the house, and below the top of its room. */
export function depthOf({ room, inner }: Place): readonly [number, number] {
  const within = inner === undefined ? -1 : (HOUSE[room] as readonly string[]).indexOf(inner)
  return [ROOMS.indexOf(room), within]
}
