// SPDX-License-Identifier: Apache-2.0
// Runs compiled test files and counts what they say. A tap file is a plain program that prints TAP,
// so it is started with Node itself: the tap command would load its TypeScript compiler for each
// file, twice the processor time.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { relative } from 'node:path'
import { Parser } from 'tap-parser'
import { root } from './paths.mjs'

const running = new Set()
let ending = false
/** Lines that tap writes by itself. */
const OWN_COMMENT = /^(Subtest: .*|time=[\d.]+m?s|\{ total: .*\})$/
/** What a test file says of what belongs to the other pass; test/support/size.ts writes it. */
const LEFT = 'left to --full: '
const DONE = 'done by npm test: '
/**
 * Starts a program, and tells on descriptor 3 what it and all that it waited for took: Node cannot
 * ask that of its children.
 */
const TIMED = '"$@"; code=$?; times >&3; exit "$code"'
const SIGNALS = new Map(
  Object.entries(constants.signals).map(([name, number]) => [128 + number, name]),
)

/** Ends every test that is under way, with all it started. */
export function endAll(signal = 'SIGTERM') {
  ending = true
  for (const child of running) end(child, signal)
}

/**
 * Runs one file to its end. `timeout` in seconds. `inside`: the command that Node is started by,
 * where it is another root.
 * @typedef {{file: string, pass: number, fail: number, skips: string[], failures: string[],
 * comments: string[], left: string[], seconds: number, cpu: number}} Outcome `cpu`: user and system
 * time of all that was waited for, seconds. `left`: names of tests that `--full` adds.
 * @returns {Promise<Outcome>}
 */
export function runTapFile(
  path,
  { node = process.execPath, inside = [], env = process.env, timeout },
) {
  const file = relative(root, path)
  const started = performance.now()
  return new Promise((resolve) => {
    // Nothing more begins in the second that is left.
    if (ending) return
    // A process group of its own, so that a file that hangs can be ended with whatever it started.
    const child = spawn(
      '/bin/sh',
      ['-c', TIMED, 'sh', ...inside, node, '--enable-source-maps', path],
      {
        cwd: root,
        detached: true,
        env: { ...env, TAP: '1', TAP_TIMEOUT: String(timeout), NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      },
    )
    running.add(child)
    let late = false
    const timer = setTimeout(
      () => {
        late = true
        end(child, 'SIGKILL')
      },
      (timeout + 30) * 1000,
    )
    const parser = new Parser()
    const counted = count(parser)
    child.stdout.pipe(parser)
    const stderr = tail(child.stderr, 16_384)
    const times = tail(child.stdio[3], 200)
    child.on('error', (error) =>
      resolve({
        ...judge(counted, { crash: error.message, stderr: '' }),
        file,
        seconds: 0,
        cpu: 0,
      }),
    )
    child.on('close', (code, ended) => {
      const signal = ended ?? SIGNALS.get(code)
      clearTimeout(timer)
      running.delete(child)
      end(child, 'SIGKILL')
      const crash = late
        ? `no end after ${timeout + 30} s`
        : signal
          ? `ended by ${signal}`
          : code !== 0
            ? `exit code ${code}`
            : undefined
      resolve({
        ...judge(counted, { crash, stderr: stderr().trim() }),
        file,
        seconds: (performance.now() - started) / 1000,
        cpu: cpuOf(times()),
      })
    })
  })
}

/** Counts assertions at every depth; the line that closes a subtest only repeats what was in it. */
function count(parser) {
  const counted = {
    pass: 0,
    skips: [],
    failures: [],
    comments: [],
    left: [],
    elsewhere: 0,
    whole: undefined,
  }
  const watch = (p) => {
    p.on('child', watch)
    p.on('comment', (line) => {
      const text = line.trim().replace(/^# ?/, '')
      if (text.startsWith(LEFT)) counted.left.push(text.slice(LEFT.length))
      else if (text.startsWith(DONE)) counted.elsewhere++
      else if (!OWN_COMMENT.test(text)) counted.comments.push(text)
    })
    p.on('assert', (result) => {
      const note = result.skip || result.todo
      if (note)
        counted.skips.push(
          `${result.fullname || result.name}${typeof note === 'string' ? `: ${note}` : ''}`,
        )
      else if (!result.ok) counted.failures.push(result)
      else if (!result.closingTestPoint) counted.pass++
    })
    p.on('complete', (results) => {
      counted.failures.push(...results.failures.filter((failure) => failure.id === undefined))
      if (p === parser) counted.whole = results
    })
  }
  watch(parser)
  return counted
}

function judge({ pass, skips, failures, comments, left, elsewhere, whole }, { crash, stderr }) {
  // A subtest that failed because of what is in it has been told already.
  const deepest = failures.filter(
    (f) =>
      !(
        f.closingTestPoint &&
        failures.some((other) => other !== f && other.fullname?.startsWith(`${f.fullname} > `))
      ),
  )
  let texts = deepest.map(failureText)
  const skipped = [...skips]
  if (whole?.bailout) texts.push(`bailed out: ${whole.bailout}`)
  // A failing assertion explains the exit code; a stream that just stops does not, and then the
  // crash explains that.
  if (crash && !deepest.some((f) => f.id !== undefined)) texts = [[crash, ...texts].join('; ')]
  if (texts.length === 0 && !whole?.ok) texts.push('its output is no complete TAP')
  if (texts.length === 0 && pass + skips.length === 0) {
    // The parser makes up this reason where a program gave none.
    const reason = whole.plan.skipReason
    if (reason && reason !== 'no tests found') skipped.push(reason)
    // A file that divides itself may have all that it holds in the other pass, and says so.
    else if (left.length + elsewhere === 0) texts.push('it holds no test')
  }
  const fail = texts.length
  if (fail > 0 && stderr) texts.push(`standard error:\n${indent(stderr)}`)
  return { pass, fail, skips: skipped, failures: texts, comments, left }
}

function failureText(result) {
  if (result.tapError && !result.name) return result.tapError
  const { diff, at, source, stack, ...rest } = result.diag ?? {}
  const place = at
    ? `${relative(root, String(at.fileName ?? '').replace(/^file:\/\//, ''))}:${at.lineNumber}`
    : ''
  const parts = [
    [result.fullname || result.name, place].filter(Boolean).join('  '),
    result.tapError ?? '',
    diff ?? (Object.keys(rest).length > 0 ? JSON.stringify(rest, null, 2) : ''),
    source ?? '',
    diff ? '' : (stack ?? ''),
  ]
  return parts
    .filter(Boolean)
    .map((part, n) => (n === 0 ? part : indent(String(part).trimEnd())))
    .join('\n')
}

function indent(text) {
  return text.replace(/^/gm, '    ')
}

function tail(stream, length) {
  let text = ''
  stream.setEncoding('utf8').on('data', (more) => (text = (text + more).slice(-length)))
  return () => text
}

/**
 * The second line that `times` writes is of the children: minutes and seconds, of users and of the
 * system.
 */
function cpuOf(text) {
  const [, children = ''] = text.trim().split('\n')
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  )
}

function end(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The whole group is gone already.
  }
}
