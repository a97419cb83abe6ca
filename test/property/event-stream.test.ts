// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check'
import t from 'tap'
import { holds } from '../support/property.js'
import { EventParser } from '../../lib/ansible/events/event-stream.js'
import type { AnsibleEvent } from '../../lib/ansible/events/run-events.js'
import { RunSummarizer } from '../../lib/outcome/summary/summarize.js'
import { findingOf } from '../../lib/outcome/summary/node-verdict.js'
import { FREE } from '../support/policy.js'

const host = fc.constantFrom('n1', 'n2', 'n3')
const event = fc.oneof(
  fc.record({
    ev: fc.constantFrom('ok', 'failed', 'skipped', 'unreachable', 'item_ok'),
    host,
    task: fc.constantFrom('a', 'b'),
    changed: fc.boolean(),
    ignored: fc.boolean(),
    duration: fc.double({ min: 0, max: 9, noNaN: true }),
    msg: fc.string({ unit: 'grapheme' }),
    diff: fc.string(),
  }),
  fc.record({ ev: fc.constant('host_start'), host, task: fc.constantFrom('a', 'b') }),
  fc.record({
    ev: fc.constant('play'),
    name: fc.string(),
    tags: fc.constant([]),
    strategy: fc.constant('linear'),
    hosts: fc.nat(),
  }),
  fc.record({
    ev: fc.constant('task'),
    task: fc.record({
      id: fc.constantFrom('a', 'b'),
      name: fc.string(),
      action: fc.constant('copy'),
      tags: fc.subarray(['HotChange', 'DrainChange', 'x']),
      role: fc.constant(null),
      file: fc.constant('f'),
      line: fc.nat(),
      handler: fc.boolean(),
      checkMode: fc.constant(true),
      noLog: fc.constant(false),
      notify: fc.constant([]),
    }),
  }),
)
const noise = fc
  .oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json())
  .map((text) => text.replaceAll('\n', ' '))

function ascii(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function numbered(events: readonly object[]): AnsibleEvent[] {
  return events.map((one, at) => ({ v: 1, seq: at + 1, ts: at, ...one }) as AnsibleEvent)
}

t.test('any chunking gives the same events, with any noise between', async (t) => {
  holds(
    t,
    fc.property(
      fc.array(event),
      fc.array(noise),
      fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
      (given, lines, sizes) => {
        const events = numbered(given)
        const text = events
          .flatMap((one, at) => [...(lines[at] === undefined ? [] : [lines[at]]), ascii(one)])
          .map((line) => `${line}\n`)
          .join('')
        const bytes = Buffer.from(text)
        const parser = new EventParser()
        const found: AnsibleEvent[] = []
        for (let at = 0; at < bytes.length;) {
          const size = sizes.next().value as number
          found.push(...parser.push(bytes.subarray(at, at + size)))
          at += size
        }
        found.push(...parser.end())
        // -0 and 0 are one number in JSON.
        return JSON.stringify(found) === JSON.stringify(events)
      },
    ),
  )
})

t.test(
  'whatever the events: every planned node has a summary, and only a clean whole run gives GOOD or HOT',
  async (t) => {
    holds(
      t,
      fc.property(
        fc.array(event),
        fc.constantFrom(0, 1, 2, 4, 99, null),
        fc.boolean(),
        (given, exitCode, withStats) => {
          const summarizer = new RunSummarizer()
          const counts = {
            ok: 1,
            changed: 0,
            unreachable: 0,
            failures: 0,
            skipped: 0,
            rescued: 0,
            ignored: 0,
          }
          const all = numbered([
            { ev: 'start', check: true, ansible: 'x' },
            ...given,
            ...(withStats ? [{ ev: 'stats', stats: { n1: counts, n2: counts } }] : []),
          ])
          for (const one of all) summarizer.add(one)
          const run = summarizer.finish({ exitCode, signal: null, stderr: '', foreignLines: 0 }, [
            'n1',
            'n2',
          ])
          if ([...run.nodes.keys()].join() !== 'n1,n2') return false
          const strangers = given.some((one) => 'host' in one && one.host === 'n3')
          if (run.unplanned.length > 0 !== strangers) return false
          return [...run.nodes.values()].every((node) => {
            const { verdict, changes } = findingOf(node, run, FREE.changes)
            if (verdict !== 'GOOD' && verdict !== 'HOT' && verdict !== 'DRAIN') return true
            if (exitCode !== 0 || !withStats || strangers) return false
            return (
              verdict !== 'HOT' ||
              changes.every(
                (change) =>
                  change.tags.includes('HotChange') && !change.tags.includes('DrainChange'),
              )
            )
          })
        },
      ),
    )
  },
)
