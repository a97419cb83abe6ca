// SPDX-License-Identifier: Apache-2.0
// Which handlers a task notifies. Pure.
import type { Subject } from './tag-types.js'

/** By name, with or without the role's, or by a topic it listens to; within one play. */
export function notifies(from: Subject, handler: Subject): boolean {
  if (from === handler || from.event.playNumber !== handler.event.playNumber) return false
  const name = handler.event.task.name
  const bare = name.includes(' : ') ? name.slice(name.indexOf(' : ') + 3) : name
  const answers = new Set([name, bare, ...(handler.event.listen ?? [])])
  return from.event.task.notify.some((wanted) => answers.has(wanted))
}

/**
 * Of each handler: itself, and the handlers that include it. Who notifies one of them reaches it.
 */
export function waysTo<S extends Subject>(
  handlers: readonly S[],
  all: readonly S[],
): ReadonlyMap<S, readonly S[]> {
  const byId = new Map(all.map((entry) => [entry.event.task.id, entry]))
  const within = (entry: S | undefined): readonly S[] =>
    entry?.event.task.handler ? [entry, ...within(byId.get(entry.event.include ?? ''))] : []
  return new Map(handlers.map((handler) => [handler, within(handler)]))
}
