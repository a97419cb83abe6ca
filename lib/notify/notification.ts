// SPDX-License-Identifier: Apache-2.0
// One message as people and their programs get it: facts, words, and what to do next. It says the
// same whoever delivers it, and whenever. Described by schemas/notification.schema.json.
import { foldHosts } from '../fleet/names/host-fold.js'
import type { Fleet, MessageKind } from '../fleet/declare/fleet.js'
import { clean, count, durationText, nodesText, shortSha } from '../report/words/words.js'
import type { Message, Numbers, WaveSize } from '../rollout/index.js'

export const NOTIFICATION_VERSION = 1

export interface Notification {
  readonly schemaVersion: typeof NOTIFICATION_VERSION
  /** A repeat has the id of the first. */
  readonly id: string
  readonly kind: MessageKind
  /** When it arose, ISO 8601. */
  readonly at: string
  readonly fleet: string
  readonly environment: string
  readonly rollout: {
    readonly id: string
    readonly kind: 'forward' | 'rollback'
    readonly sha: string
    readonly ref: string
    readonly subject: string
    /** The SHA that was completed last when it began. */
    readonly previous: string | null
    readonly limited: boolean
    readonly openedAt: string
    readonly by: string
    readonly waves: readonly WaveSize[]
  }
  readonly numbers: Numbers
  /** What happened, in a line. */
  readonly text: string
  /** Why, in words. */
  readonly why?: string
  readonly nodes?: { readonly count: number; readonly names: readonly string[] }
  readonly approval?: { readonly key: string; readonly waves: readonly WaveSize[] }
  readonly next: Next
}

export interface Next {
  /** What to do, in words. */
  readonly text: string
  /** The very commands for it. */
  readonly commands: readonly string[]
}

const MAX_WHY = 2_000
/** Names on a command line; more are left to `retry` itself. */
const MAX_HOSTS = 200

export function notificationOf(
  message: Message,
  { name, environment }: Pick<Fleet, 'name' | 'environment'>,
): Notification {
  const { id, kind, at, rollout, numbers, nodes, why, approval } = message
  const { pin, openedAt, by, previous, limited, waves } = rollout
  return {
    schemaVersion: NOTIFICATION_VERSION,
    id,
    kind,
    at: iso(at),
    fleet: name,
    environment,
    rollout: {
      id: rollout.id,
      kind: rollout.kind,
      sha: pin.sha,
      ref: clean(pin.ref),
      subject: clean(pin.subject, 200),
      previous,
      limited,
      openedAt: iso(openedAt),
      by: clean(`${by.user}@${by.host}`),
      waves,
    },
    numbers,
    text: `${name} (${environment}): ${headline(message)}`,
    ...(why !== undefined && { why: clean(why, MAX_WHY) }),
    ...(nodes && { nodes }),
    ...(approval && { approval }),
    next: nextOf(message, commandOf(environment)),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()

/**
 * As it is typed in the directory of patchrun.yml; where that lies differs from person to person.
 */
const commandOf = (environment: string): string =>
  environment === 'default' ? 'patchrun' : `patchrun --env ${environment}`

/** What happened, without the name of the fleet. */
function headline({ kind, rollout, numbers, nodes, at, approval }: Message): string {
  const what = `${rollout.kind === 'rollback' ? 'going back' : 'the rollout'} to ${shortSha(rollout.pin.sha)}`
  const others = (waves: readonly WaveSize[]): number =>
    waves.reduce((sum, w) => sum + (w.wave > 0 ? w.nodes : 0), 0)
  switch (kind) {
    case 'started':
      return `${what} has started on ${count(numbers.nodes, 'node')}`
    case 'canary-passed':
      return `the canaries have passed at ${shortSha(rollout.pin.sha)}, ${count(others(rollout.waves), 'node')} ${others(rollout.waves) === 1 ? 'follows' : 'follow'}`
    case 'halted':
      return `${what} has halted, ${numbers.good} of ${count(numbers.nodes, 'node')} are good`
    case 'waiting-approval':
      return `${what} waits for an approval${
        approval && approval.waves.length > 0
          ? `, for ${count(
              approval.waves.reduce((sum, w) => sum + w.nodes, 0),
              'node',
            )}`
          : ''
      }`
    case 'quarantined':
      return `${nodes ? nodesText(nodes.names) : 'a node'}${nodes && nodes.count > nodes.names.length ? ` and ${nodes.count - nodes.names.length} more` : ''} in quarantine at ${shortSha(rollout.pin.sha)}`
    case 'done':
      return `${what} is done after ${durationText(at - rollout.openedAt)}, ${count(numbers.good, 'node')} good, ${numbers.changed} of them changed`
    case 'rolled-back':
      return `${what} is taken back, ${count(numbers.changed, 'node')} had been changed`
  }
}

function nextOf({ kind, hint, nodes, approval }: Message, command: string): Next {
  const look = `${command} status`
  switch (kind) {
    case 'started':
      return {
        text: 'Nothing is to be done. It can be held at any time.',
        commands: [look, `${command} pause --reason "…"`],
      }
    case 'canary-passed':
      return {
        text: 'Nothing is to be done, unless they look wrong to you.',
        commands: [look, `${command} pause --reason "…"`],
      }
    case 'halted':
      return {
        text: clean((hint ?? 'See what it says.').replaceAll('`patchrun ', `\`${command} `)),
        commands: [look, `${command} retry`],
      }
    case 'waiting-approval':
      return {
        text: 'Look at what it would let go, and approve it; nothing goes on before.',
        commands: [look, `${command} approve ${approval?.key ?? ''}`.trim()],
      }
    case 'quarantined':
      return {
        text: `Mend ${nodes?.count === 1 ? 'the node' : 'the nodes'}, then let ${nodes?.count === 1 ? 'it' : 'them'} be tried again.`,
        commands: [`${command} report`, `${command} retry${hostsArgument(nodes)}`],
      }
    case 'done':
      return { text: 'Nothing is to be done.', commands: [`${command} report`] }
    case 'rolled-back':
      return {
        text: 'The way back is a rollout of its own. The commit is not rolled out again by itself: merge a newer one.',
        commands: [look],
      }
  }
}

function hostsArgument(nodes: Message['nodes']): string {
  if (!nodes || nodes.count > nodes.names.length) return ''
  const folded = foldHosts(nodes.names)
  // Brackets mean something to a shell.
  return folded.length > MAX_HOSTS ? '' : ` '${folded}'`
}
