// SPDX-License-Identifier: Apache-2.0
// What a person at a terminal sees and agrees to before a rollout begins.
import { createInterface } from 'node:readline/promises'
import { describeActor } from '../engine/actor.js'
import { choose } from '../engine/choose.js'
import { storeOf } from '../engine/store-of.js'
import { pinToRoll } from '../engine/pin.js'
import type { Session } from '../engine/session.js'
import { lookAround } from '../engine/surroundings.js'
import type { Fleet } from '../fleet/types.js'
import { pinText, count, durationText, nodesText, shortSha, table } from '../report/words.js'
import { planWaves, waveName } from '../rollout/index.js'
import type { PinnedCommit } from '../rollout/index.js'
import type { Context } from './context.js'
import { isCI } from './screen/screen.js'

/** Only where somebody can answer: never in CI, never with --json, never when input or progress is not a terminal. */
export const mayAsk = ({ io, global }: Context, yes: boolean): boolean => !yes && !global.json && global.level !== 'quiet' && io.stdin.isTTY && io.stderr.isTTY && !isCI(io.env)

/** `unasked`: nothing would begin. Otherwise the SHA that was agreed to, or that the person said no. */
export type Answer = { readonly kind: 'unasked' } | { readonly kind: 'no' } | { readonly kind: 'yes'; readonly sha: string }

export async function confirm({ io, kill }: Context, session: Session, fleet: Fleet, again: boolean): Promise<Answer> {
  // Whatever stands in the way is better known before the question than after it.
  await session.findAnsible()
  const state = await storeOf(fleet).read()
  const { pin, comparison } = await pinToRoll(fleet, state, kill, session.options.sha)
  const { events, notices } = choose({ state, fleet, pin, comparison, limit: session.limit, again, now: Date.now(), by: describeActor(), surroundings: await lookAround(fleet, state.current?.status === 'running' ? state.current.pin.sha : pin.sha) })
  // A rollout that stands only goes on, or says how it came out: there is nothing to agree to.
  if (!events.some((e) => e.type === 'opened')) return { kind: 'unasked' }
  io.stderr.write(`${[...notices.map((n) => `To begin means: ${n.text}`), previewText(fleet, pin, state.remembered, session.limit)].join('\n')}\n`)
  return (await ask({ io, kill }, 'Roll it out? [y/N] ')) ? { kind: 'yes', sha: pin.sha } : { kind: 'no' }
}

/** Whether the person at the terminal said yes. */
export async function ask({ io, kill }: Pick<Context, 'io' | 'kill'>, question: string): Promise<boolean> {
  const reader = createInterface({ input: io.stdin, output: io.stderr })
  // readline takes Ctrl-C for itself while it asks.
  const asked = new AbortController()
  reader.on('SIGINT', () => asked.abort()).on('close', () => asked.abort())
  try {
    const said = await reader.question(question, { signal: AbortSignal.any([asked.signal, kill]) })
    return /^y(es)?$/i.test(said.trim())
  } catch {
    io.stderr.write('\n')
    return false
  } finally {
    reader.close()
  }
}

export function previewText(fleet: Fleet, pin: PinnedCommit, remembered: string | null, limit: readonly string[] | null): string {
  const waves = planWaves(fleet.nodes, fleet.policy, limit)
  const total = waves.reduce((n, w) => n + w.nodes.length, 0)
  const rows = [
    ['pin', pinText(pin)],
    ['completed', remembered === null ? 'nothing yet' : shortSha(remembered)],
    ...waves.map((w) => [waveName(w.index), `${count(w.nodes.length, 'node')}: ${nodesText(w.nodes)}`]),
    ['soak', `${durationText(fleet.policy.soak)} after the canaries`],
  ]
  return [`${fleet.name} (${fleet.environment}): ${count(total, 'node')}${limit ? ' (limited)' : ''}`, ...table(rows)].join('\n')
}
