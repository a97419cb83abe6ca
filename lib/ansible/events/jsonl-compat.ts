// SPDX-License-Identifier: Apache-2.0
// Lines of the stock ansible.posix.jsonl callback -> our events. Pure. That callback says less: no
// tags, no role, no ignored.
import type { AnsibleEvent, HostStats, ResultEvent, TaskInfo } from './run-events.js'

type Fields = Record<string, unknown>

const RESULT: Readonly<Record<string, ResultEvent['ev']>> = {
  v2_runner_on_ok: 'ok',
  v2_runner_on_failed: 'failed',
  v2_runner_on_skipped: 'skipped',
  v2_runner_on_unreachable: 'unreachable',
  v2_runner_retry: 'retry',
  v2_runner_item_on_ok: 'item_ok',
  v2_runner_item_on_failed: 'item_failed',
  v2_runner_item_on_skipped: 'item_skipped',
}

const TEXT_LIMIT = 4096

export class StockJsonl {
  #seq = 0

  convert(line: Fields): AnsibleEvent[] {
    const kind = String(line['_event'])
    const base = { v: 1 as const, ts: Date.parse(String(line['_timestamp'])) / 1000 || 0 }
    const result = RESULT[kind]
    const task = fields(line['task'])
    if (result !== undefined) return this.#results(result, base, task, fields(line['hosts']))
    switch (kind) {
      case 'v2_playbook_on_play_start': {
        const play = fields(line['play'])
        return [
          {
            ...base,
            seq: this.#next(),
            ev: 'play',
            name: textOf(play['name']),
            tags: [],
            strategy: '',
            hosts: 0,
          },
        ]
      }
      case 'v2_playbook_on_task_start':
      case 'v2_playbook_on_handler_task_start':
        return [
          {
            ...base,
            seq: this.#next(),
            ev: 'task',
            task: info(task, kind === 'v2_playbook_on_handler_task_start'),
          },
        ]
      case 'v2_playbook_on_stats':
        return [{ ...base, seq: this.#next(), ev: 'stats', stats: stats(fields(line['stats'])) }]
      default:
        return []
    }
  }

  #next(): number {
    this.#seq += 1
    return this.#seq
  }

  #results(
    ev: ResultEvent['ev'],
    base: { v: 1; ts: number },
    task: Fields,
    hosts: Fields,
  ): AnsibleEvent[] {
    return Object.entries(hosts).map(([host, value]) => {
      const found = fields(value)
      const message = found['msg']
      const rc = found['rc']
      return {
        ...base,
        seq: this.#next(),
        ev,
        host,
        task: textOf(task['id']),
        changed: found['changed'] === true,
        ignored: false,
        duration: 0,
        ...(typeof message === 'string' && message !== ''
          ? { msg: message.slice(0, TEXT_LIMIT) }
          : {}),
        ...(typeof rc === 'number' ? { rc } : {}),
      }
    })
  }
}

function info(task: Fields, handler: boolean): TaskInfo {
  const path = textOf(task['path'])
  const at = path.lastIndexOf(':')
  return {
    id: textOf(task['id']),
    name: textOf(task['name']),
    action: '',
    tags: [],
    role: null,
    file: at > 0 ? path.slice(0, at) : path,
    line: at > 0 ? Number(path.slice(at + 1)) || 0 : 0,
    handler,
    checkMode: false,
    noLog: false,
    notify: [],
  }
}

function stats(given: Fields): Record<string, HostStats> {
  const out: Record<string, HostStats> = {}
  for (const [host, value] of Object.entries(given)) {
    const found = fields(value)
    const count = (name: string): number => (typeof found[name] === 'number' ? found[name] : 0)
    out[host] = {
      ok: count('ok'),
      changed: count('changed'),
      unreachable: count('unreachable'),
      failures: count('failures'),
      skipped: count('skipped'),
      rescued: count('rescued'),
      ignored: count('ignored'),
    }
  }
  return out
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
