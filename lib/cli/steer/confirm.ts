// SPDX-License-Identifier: Apache-2.0
// What a person at a terminal sees and agrees to before a rollout begins.
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeActor } from '../../engine/orders/actor.js'
import { choose } from '../../engine/run/choose-rollout.js'
import { storeOf } from '../../engine/site/store-of.js'
import { PatchrunError } from '../../errors.js'
import { placeOf } from '../../engine/site/places.js'
import { pinToRoll } from '../../engine/commit/pin.js'
import type { Session } from '../../engine/site/session.js'
import { surroundingsOf } from '../../engine/run/surroundings.js'
import type { ApprovalPoint, Fleet } from '../../fleet/declare/fleet.js'
import type { Comparison } from '../../git/index.js'
import {
  clean,
  count,
  durationText,
  nodesText,
  pinText,
  shortSha,
  table,
  timeText,
} from '../../report/words/words.js'
import { planWaves, readerOf, reasonText, timeGate, waveName } from '../../rollout/index.js'
import type { PinnedCommit } from '../../rollout/index.js'
import { typedWith } from '../call/context.js'
import type { Call, Context, Io } from '../call/context.js'
import { isCI } from '../screen/screen.js'

/**
 * Whether a person agrees before anything begins; false: --yes says so. Throws usage/needs-yes
 * where nobody can be asked.
 */
export function mustAsk(context: Context, { options }: Call): boolean {
  if (options['yes'] === true) return false
  const why = nobodyAnswers(context.io, context.global)
  if (why === null) return true
  throw new PatchrunError({
    code: 'usage/needs-yes',
    message: `${why}, so nobody can be asked, and nothing was begun`,
    hint: `To begin without a question: ${typedWith(context, '--yes')}`,
  })
}

/**
 * The same; where the command would not work with --yes either, because no environment is named,
 * that is thrown: a hint works as it is typed.
 */
export async function mustAskThere(context: Context, call: Call): Promise<boolean> {
  try {
    return mustAsk(context, call)
  } catch (error) {
    const { config, env } = context.global
    await placeOf({ file: config, ...(env !== undefined && { environment: env }) })
    throw error
  }
}

function nobodyAnswers(
  { stdin, stderr, env }: Io,
  { json, level }: Context['global'],
): string | null {
  if (json) return '--json was given'
  if (level === 'quiet') return '--quiet was given'
  if (isCI(env)) return 'this is a job of CI'
  if (!stdin.isTTY) return 'standard input is no terminal'
  return stderr.isTTY ? null : 'standard error is no terminal'
}

/**
 * `unasked`: nothing would begin. Otherwise the SHA that was agreed to, or that the person said no.
 */
export type Answer =
  | { readonly kind: 'unasked' }
  | { readonly kind: 'no' }
  | { readonly kind: 'yes'; readonly sha: string }

export async function confirm(
  { io, kill, zone }: Context,
  session: Session,
  fleet: Fleet,
  again: boolean,
): Promise<Answer> {
  // Whatever stands in the way is better known before the question than after it.
  await session.findAnsible()
  const state = await storeOf(fleet).read()
  const { pin, comparison } = await pinToRoll(fleet, state, kill, session.options.sha)
  const { events, notices } = choose({
    state,
    fleet,
    pin,
    comparison,
    limit: session.limit,
    again,
    now: Date.now(),
    by: describeActor(),
    surroundings: await surroundingsOf(
      fleet,
      state.current?.status === 'running' ? state.current.pin.sha : pin.sha,
    ),
  })
  // A rollout that stands only goes on, or says how it came out: there is nothing to agree to.
  if (!events.some((e) => e.type === 'opened')) return { kind: 'unasked' }
  const preview = previewText({
    fleet,
    pin,
    remembered: state.remembered,
    commits: comparison.commits,
    limit: session.limit,
    now: Date.now(),
    zone,
  })
  io.stderr.write(`${[...notices.map((n) => `To begin means: ${n.text}`), preview].join('\n')}\n`)
  return (await agree({ io, kill }, 'Roll it out?', fleet))
    ? { kind: 'yes', sha: pin.sha }
    : { kind: 'no' }
}

/** Whether the person at the terminal said yes; where the environment is protected, by its name. */
export function agree(
  context: Pick<Context, 'io' | 'kill'>,
  question: string,
  { environment, policy }: Pick<Fleet, 'environment' | 'policy'>,
): Promise<boolean> {
  if (!policy.protected) return ask(context, `${question} [y/N] `, /^y(es)?$/i)
  return ask(
    context,
    `${question} Type the name of the environment, ${environment}: `,
    new RegExp(`^${environment.replaceAll(/[^\w]/g, '\\$&')}$`),
  )
}

async function ask(
  { io, kill }: Pick<Context, 'io' | 'kill'>,
  question: string,
  answer: RegExp,
): Promise<boolean> {
  await forgetTyped(io)
  const reader = createInterface({ input: io.stdin, output: io.stderr })
  // readline takes Ctrl-C for itself while it asks.
  const asked = new AbortController()
  reader.on('SIGINT', () => asked.abort()).on('close', () => asked.abort())
  try {
    const said = await reader.question(question, { signal: AbortSignal.any([asked.signal, kill]) })
    return answer.test(said.trim())
  } catch {
    io.stderr.write('\n')
    return false
  } finally {
    reader.close()
  }
}

/** Longer than a terminal takes to hand over what was typed before, ms. */
const TYPED_BEFORE = 50

/** Whoever typed ahead has not read the question. */
async function forgetTyped({ stdin }: Pick<Io, 'stdin'>): Promise<void> {
  const forget = (): void => undefined
  stdin.on('data', forget).resume()
  await sleep(TYPED_BEFORE)
  stdin.pause().off('data', forget)
}

const APPROVED: Readonly<Record<ApprovalPoint, string>> = {
  start: 'it starts',
  wide: 'it goes beyond the canaries',
  waves: 'each wave',
}

interface Preview {
  readonly fleet: Fleet
  readonly pin: PinnedCommit
  readonly remembered: string | null
  readonly commits: Comparison['commits']
  readonly limit: readonly string[] | null
  readonly now: number
  /** In which moments are told. */
  readonly zone: string
}

/** Commits that are shown. */
const COMMITS_SHOWN = 5

export function previewText({
  fleet,
  pin,
  remembered,
  commits,
  limit,
  now,
  zone,
}: Preview): string {
  const { approval, timing } = fleet.policy
  const waves = planWaves(fleet.nodes, fleet.policy, limit)
  const total = waves.reduce((n, w) => n + w.nodes.length, 0)
  const gate = timeGate(timing, now)
  const open = gate.open
    ? gate.closesAt === null
      ? null
      : `open until ${timeText(gate.closesAt, zone)}`
    : reasonText(gate.reason, readerOf({ ...fleet, zone }, now))
  const more = commits.count - COMMITS_SHOWN
  const rows = [
    ['pin', pinText(pin)],
    ['completed', remembered === null ? 'nothing yet' : shortSha(remembered)],
    ...commits.list
      .slice(0, COMMITS_SHOWN)
      .map(({ sha, subject }, i) => [
        i === 0 ? count(commits.count, 'commit') : '',
        `${shortSha(sha)} ${clean(subject, 100)}`,
      ]),
    ...(more > 0 ? [['', `and ${more} more: patchrun pin`]] : []),
    ...(open === null ? [] : [['window', open]]),
    ...(approval.length === 0
      ? []
      : [['approval', `asked for before ${approval.map((point) => APPROVED[point]).join(', ')}`]]),
    ...waves.map((w) => [
      waveName(w.index),
      `${count(w.nodes.length, 'node')}: ${nodesText(w.nodes)}`,
    ]),
    ['soak', `${durationText(fleet.policy.soak)} after the canaries`],
  ]
  return [
    `${fleet.name} (${fleet.environment}): ${count(total, 'node')}${limit ? ' (limited)' : ''}`,
    ...table(rows),
  ].join('\n')
}
