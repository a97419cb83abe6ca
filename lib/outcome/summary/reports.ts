// SPDX-License-Identifier: Apache-2.0
// Report events, which come in parts -> the reports of a run. Pure.
import type { ReportEvent } from '../../ansible/events/run-events.js'
import type { TaskTable } from './task-table.js'
import type { BadReport, RunReport } from './run-summary.js'

interface Open {
  readonly first: ReportEvent
  readonly texts: string[]
}

export class Reports {
  readonly #good: RunReport[] = []
  readonly #bad: BadReport[] = []
  #open: Open | undefined

  add(event: ReportEvent, tasks: TaskTable): void {
    if (event.error !== undefined) return this.#refuse(event, event.error, tasks)
    if (event.part === 1) {
      this.#drop(tasks)
      this.#open = { first: event, texts: [] }
    }
    const open = this.#open
    const { first } = open ?? {}
    if (
      !open ||
      first?.name !== event.name ||
      first.host !== event.host ||
      first.task !== event.task ||
      event.part !== open.texts.length + 1
    ) {
      this.#open = undefined
      return this.#refuse(event, 'parts of it are missing', tasks)
    }
    open.texts.push(event.text)
    if (event.part < event.parts) return
    this.#open = undefined
    try {
      this.#good.push({ name: event.name, host: event.host, data: JSON.parse(open.texts.join('')) })
    } catch (error) {
      this.#refuse(event, `it is no JSON: ${(error as Error).message}`, tasks)
    }
  }

  finish(tasks: TaskTable): {
    readonly reports: readonly RunReport[]
    readonly badReports: readonly BadReport[]
  } {
    this.#drop(tasks)
    return { reports: this.#good, badReports: this.#bad }
  }

  #drop(tasks: TaskTable): void {
    if (this.#open) this.#refuse(this.#open.first, 'parts of it are missing', tasks)
    this.#open = undefined
  }

  #refuse({ name, host, task }: ReportEvent, why: string, tasks: TaskTable): void {
    const place = tasks.place(task)
    const where = place.file ? ` (${place.file}:${place.line})` : ''
    this.#bad.push({
      name,
      host,
      message: `the report "${name}" of the task "${place.task}"${where} on ${host} can not be read: ${why}`,
    })
  }
}
