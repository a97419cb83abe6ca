// SPDX-License-Identifier: Apache-2.0
// Tasks and diffs kept once, however many nodes they concern. Pure.
import type { TaskInfo } from '../../ansible/events/run-events.js'
import type { WouldChange } from '../../rollout/record/verdict.js'

/**
 * Bytes of diff text kept over a whole run: beyond it, changes are still listed, without their
 * diff.
 */
export const DIFF_TOTAL = 16 * 1024 * 1024

type TaskPlace = Omit<WouldChange, 'diff'>

export class TaskTable {
  readonly #tasks = new Map<string, TaskInfo>()
  readonly #places = new Map<string, TaskPlace>()
  readonly #changes = new Map<string, Map<string, WouldChange>>()
  #diffBytes = 0

  add(task: TaskInfo): void {
    this.#tasks.set(task.id, task)
  }

  get(id: string): TaskInfo | undefined {
    return this.#tasks.get(id)
  }

  /** The same object for the same task. */
  place(id: string): TaskPlace {
    let place = this.#places.get(id)
    if (!place) {
      const task = this.#tasks.get(id)
      place = task
        ? {
            task: task.name,
            action: task.action,
            tags: task.tags,
            file: task.file,
            line: task.line,
          }
        : // Its task event was lost: without tags it counts as untagged, which is the safe side.
          { task: `(task ${id})`, action: '', tags: [], file: '', line: 0 }
      this.#places.set(id, place)
    }
    return place
  }

  /** The same object for the same task and diff. */
  change(id: string, diff: string): WouldChange {
    const known = this.#changes.get(id) ?? new Map<string, WouldChange>()
    this.#changes.set(id, known)
    let change = known.get(diff)
    if (!change) {
      const keep = diff !== '' && this.#diffBytes + diff.length <= DIFF_TOTAL
      if (diff !== '' && !keep) return this.change(id, '')
      this.#diffBytes += diff.length
      change = keep ? { ...this.place(id), diff } : this.place(id)
      known.set(diff, change)
    }
    return change
  }
}
