// SPDX-License-Identifier: Apache-2.0
// The words of the tag audit: what was found, and what to do about it. Pure.
import type { LintTaskEvent } from '../../ansible/events/run-events.js'
import { unreachable } from '../../errors.js'
import { nearest } from '../../fleet/names/nearest.js'
import { DRAIN, HOT } from '../../rollout/record/verdict.js'
import type { Subject, TagFindingKind } from './tag-types.js'

export interface Advice {
  readonly message: string
  readonly hint: string
}

/**
 * `others` are the tasks concerned besides: handlers notified, tasks hidden, tasks that set a
 * variable.
 */
export function adviceFor(
  kind: TagFindingKind,
  subject: Subject,
  others: readonly Subject[],
  untagged: Untagged,
): Advice {
  const { event } = subject
  const { task } = event
  const what = `${task.handler ? 'handler' : 'task'} "${task.name}"`
  switch (kind) {
    case 'untagged':
      return untaggedAdvice(what, event, others, untagged)
    case 'both-tags':
      return {
        message: `${what} has both HotChange and DrainChange: it counts as DrainChange, and a Hot run that selects it is stopped`,
        hint: 'Keep one. Tags add up: one of them may come from the play, the role, a block or an import.',
      }
    case 'unpredictable':
      return {
        message: `${what} cannot be predicted: ${event.unforeseen ?? `check mode skips ${task.action}`}`,
        hint:
          event.unforeseen !== undefined
            ? 'Let check mode see it where its module can: take ansible_check_mode out. Otherwise changes.unforeseen says whether it runs.'
            : task.neverChanged
              ? 'It says changed_when: false. If it only reads, add check_mode: false, so that it runs in check mode too.'
              : 'Use a module that knows check mode, or give it creates or removes. If it only reads, add check_mode: false and changed_when: false.',
      }
    case 'opaque':
      if (/tags are a template/.test(event.opaque ?? '')) {
        return {
          message: `the tags of ${what} cannot be told: ${event.opaque ?? ''}`,
          hint: 'Write the tags out.',
        }
      }
      return {
        message: `what ${what} includes cannot be listed: ${event.opaque ?? ''}`,
        hint: /template/.test(event.opaque ?? '')
          ? 'Name the file or role literally where you can; otherwise tag the tasks in all the files it may include.'
          : 'See that the file or role exists at this commit and loads.',
      }
    case 'drain-without-check':
      return {
        message: `${what} is DrainChange and has check_mode: false: detection would really run it on a node under load`,
        hint: 'Remove check_mode: false. If the task only reads, remove DrainChange and tag it always.',
      }
    case 'hot-notifies-drain':
      return {
        message: `${what} runs in a Hot run and notifies ${names(others)}, tagged DrainChange: tags do not hold handlers back, so patchrun stops the run there`,
        hint: 'Tag the task DrainChange too, or notify a handler that may run under load, such as a reload.',
      }
    case 'hidden-by-include':
      return {
        message: `${what} is not selected in a Hot run, so ${names(others)} inside it, tagged HotChange, never ${others.length === 1 ? 'runs' : 'run'} there`,
        hint: 'Tag the include itself HotChange (or always), or use import_tasks or import_role, whose tags reach the tasks.',
      }
    case 'always-drain':
      return {
        message: `${what} is DrainChange and always: every Hot run selects it, and patchrun stops the run there`,
        hint: 'Remove always. The tag may come from the play, the role, a block or an import.',
      }
    case 'never-but-hot':
      return {
        message: `${what} is HotChange and never: detection does not see it, yet a Hot run selects it`,
        hint: 'Remove one of the two tags.',
      }
    case 'register-skipped':
      return {
        message: `${what} runs in a Hot run and needs a variable that only ${names(others)} sets, which a Hot run skips`,
        hint: 'Tag the task that sets the variable always (and check_mode: false if it is a command that only reads).',
      }
    case 'not-idempotent':
      return others.length > 0
        ? {
            message: `${what} and ${names(others)} write ${event.writes?.path ?? 'the same file'} in turn: each look finds a change, and the node is never GOOD`,
            hint: 'Let one task write the whole file, a template that holds both.',
          }
        : {
            message: `${what} would change the node at every look, and the node is never GOOD: ${event.notIdempotent ?? ''}`,
            hint: 'Make it a handler, or give it a condition under which it is needed.',
          }
    case 'run-once':
      return {
        message: `${what} has run_once: that is once in each wave of a rollout, for the first node there`,
        hint: 'Make it harmless to repeat, or a play of its own for one node that goes last.',
      }
    case 'relative-path':
      return {
        message: `${what} leaves ${event.relativePath ?? 'a file'} beside the playbook: each step begins with the tree of the commit, where it is gone`,
        hint: 'Write it below an absolute path outside the repository, or commit it.',
      }
    case 'local-play':
      return {
        message: `the play "${event.play}" is for localhost, and patchrun leaves it out: what it does is not done, and what it sets is not there for the others`,
        hint: 'Set inventory.localhost to run, run it beside patchrun, or let tasks of the nodes do it, with delegate_to: localhost.',
      }
    default:
      return unreachable(kind)
  }
}

/** changes.untagged */
export type Untagged = 'drain' | 'error' | 'suggest'

const COUNTS: Readonly<Record<Untagged, string>> = {
  drain: 'a change by it counts as DrainChange',
  error: 'a change by it makes the verdict ERROR',
  suggest: 'a change by it counts as `patchrun lint --suggest` proposes',
}

function untaggedAdvice(
  what: string,
  event: LintTaskEvent,
  notifiers: readonly Subject[],
  untagged: Untagged,
): Advice {
  const counts = COUNTS[untagged]
  const meant = meantTag(event.task.tags)
  if (meant)
    return {
      message: `${what} has the tag "${meant.written}", which is neither HotChange nor DrainChange: ${counts}`,
      hint: `Did you mean ${meant.tag}? Ansible's tags know capitals from small letters.`,
    }
  const choose = 'Tag it HotChange if it may run under load, DrainChange if the node must be empty.'
  if (event.task.tags.includes('always')) {
    return {
      message: `${what} has neither tag and is tagged always: every Hot run runs it under load, and ${counts}`,
      hint: `${choose} always is for tasks that change nothing.`,
    }
  }
  if (notifiers.length > 0) {
    return {
      message: `${what} has neither tag and is notified by ${names(notifiers)}, which a Hot run runs: patchrun stops the run there`,
      hint: choose,
    }
  }
  if (event.include !== undefined) {
    return {
      message: `${what} has neither tag: ${counts}`,
      hint: `${choose} Tags on include_tasks and include_role do not reach their tasks, unless given under apply.`,
    }
  }
  return { message: `${what} has neither tag: ${counts}`, hint: choose }
}

/** A slip of the two tags. */
function meantTag(
  tags: readonly string[],
): { readonly written: string; readonly tag: string } | undefined {
  for (const written of tags) {
    const tag =
      nearest(written, [HOT, DRAIN]) ?? nearest(written.replaceAll(/[_\- ]/g, ''), [HOT, DRAIN])
    if (tag !== undefined) return { written, tag }
  }
  return undefined
}

function names(others: readonly Subject[]): string {
  const list = others
    .slice(0, 3)
    .map(({ event }) => `"${event.task.name}" (${event.task.file}:${event.task.line})`)
  return list.join(', ') + (others.length > 3 ? ` and ${others.length - 3} more` : '')
}
