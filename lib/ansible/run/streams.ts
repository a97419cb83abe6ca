// SPDX-License-Identifier: Apache-2.0
// What ansible-playbook says, on its way to disk and to whoever acts on it.
import { writeSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { AnsibleEvent } from '../events/run-events.js'
import { EventParser } from '../events/event-stream.js'
import type { Watch } from './run-limits.js'

const STDERR_TAIL = 8 * 1024

/** Standard error goes to the log as it comes; its end is kept. */
export function readErrors(
  stream: Readable,
  log: number,
  watch: Watch,
): { done: Promise<void>; tail: () => string; forget: () => void } {
  let tail = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-STDERR_TAIL)
    try {
      writeSync(log, chunk)
    } catch (error) {
      watch.fail(error)
    }
  })
  return {
    done: closed(stream),
    tail: () => tail.toString('utf8'),
    forget: () => {
      tail = Buffer.alloc(0)
    },
  }
}

export function readEvents(
  stream: Readable,
  tee: number,
  watch: Watch,
  onEvent: (event: AnsibleEvent) => void,
): { done: Promise<void>; end: () => void; foreignLines: () => number } {
  const parser = new EventParser()
  stream.on('data', (chunk: Buffer) => {
    try {
      // Synchronous on purpose: an event is on its way to disk before anybody acts on it.
      for (let at = 0; at < chunk.length;) at += writeSync(tee, chunk, at)
    } catch (error) {
      watch.fail(error)
    }
    for (const event of parser.push(chunk)) onEvent(event)
  })
  return {
    done: closed(stream),
    end: () => {
      for (const event of parser.end()) onEvent(event)
    },
    foreignLines: () => parser.foreignLines,
  }
}

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve)
    // Told more than once when it is written to as well.
    stream.on('error', () => resolve())
  })
}
