// SPDX-License-Identifier: Apache-2.0
// Suites and cases as JUnit XML, in the form that CI systems read, and small enough for GitLab.
// Pure.
import { clean } from '../words/words.js'

/**
 * GitLab reads no report of 30 MB or more:
 * https://docs.gitlab.com/ci/testing/unit_test_reports/#file-requirements
 */
const MAX_BYTES = 30_000_000
/**
 * GitLab.com reads 500,000 test cases of a report (https://docs.gitlab.com/user/gitlab_com/#cicd),
 * and releases such as 17.6.1 no more than 250,000 XML elements
 * (https://gitlab.com/gitlab-org/gitlab/-/issues/507482), of which a case may have two.
 */
const MAX_CASES = 100_000
/** Characters of a text, one limit after the other until the document is small enough. */
const TEXT_LIMITS: readonly number[] = [2000, 500, 100]

export interface JunitCase {
  readonly name: string
  readonly classname: string
  readonly file?: string
  readonly line?: number
  /** Seconds; absent: nothing was measured, which is told as 0. */
  readonly time?: number
  /** What is worth reading of a case that passed. */
  readonly out?: string
  readonly failed?: {
    readonly message: string
    readonly type: string
    readonly text: string
    readonly error?: true
  }
  /** Why it did not come to a result. */
  readonly skipped?: string
}

export interface JunitSuite {
  readonly name: string
  /** ISO 8601. */
  readonly timestamp?: string
  readonly cases: readonly JunitCase[]
}

export interface JunitLimits {
  readonly bytes: number
  readonly cases: number
}

/**
 * Where it would be larger than `limits`, texts are cut, and then cases left out, those that passed
 * first; a case of its own says how many.
 */
export function junitDocument(
  name: string,
  suites: readonly JunitSuite[],
  { bytes, cases }: JunitLimits = { bytes: MAX_BYTES, cases: MAX_CASES },
): string {
  for (const most of TEXT_LIMITS) {
    const text = documentText(name, fewer(suites, cases), most)
    if (Buffer.byteLength(text) < bytes) return text
  }
  for (let few = Math.floor(cases / 2); ; few = Math.floor(few / 2)) {
    const text = documentText(name, fewer(suites, few), TEXT_LIMITS.at(-1))
    if (Buffer.byteLength(text) < bytes || few === 0) return text
  }
}

function fewer(suites: readonly JunitSuite[], most: number): readonly JunitSuite[] {
  const all = suites.flatMap((s) => s.cases)
  if (all.length <= most) return suites
  const kept = new Set(
    [...all.filter((c) => c.failed), ...all.filter((c) => !c.failed)].slice(0, most),
  )
  const left = all.length - kept.size
  const rest: JunitSuite = {
    name: 'left out',
    cases: [
      {
        name: `${left} more`,
        classname: 'left out',
        skipped: `${left} of ${all.length} test cases are left out, so that GitLab reads this report. --format json has all.`,
      },
    ],
  }
  return [...suites.map((s) => ({ ...s, cases: s.cases.filter((c) => kept.has(c)) })), rest]
}

function documentText(name: string, suites: readonly JunitSuite[], most = 0): string {
  const named = new Map<string, number>()
  const texts = suites.map((suite) =>
    [
      `  <testsuite${attributes({ name: suite.name, ...totals(suite.cases), timestamp: suite.timestamp })}>`,
      ...suite.cases.map((one) => caseText(one, numbered(named, one), most)),
      '  </testsuite>',
    ].join('\n'),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...totals(suites.flatMap((s) => s.cases)) })}>`,
    ...texts,
    '</testsuites>',
    '',
  ].join('\n')
}

/** Of cases with the same class and name GitLab uses the first alone. */
function numbered(named: Map<string, number>, { classname, name }: JunitCase): string {
  const key = JSON.stringify([classname, name])
  const count = (named.get(key) ?? 0) + 1
  named.set(key, count)
  return count === 1 ? name : `${name} #${count}`
}

function totals(
  cases: readonly JunitCase[],
): Record<'tests' | 'failures' | 'errors' | 'skipped', number> & { readonly time: string } {
  const errors = cases.filter((c) => c.failed?.error).length
  return {
    tests: cases.length,
    failures: cases.filter((c) => c.failed).length - errors,
    errors,
    skipped: cases.filter((c) => c.skipped !== undefined).length,
    time: seconds(cases.reduce((sum, c) => sum + (c.time ?? 0), 0)),
  }
}

const seconds = (time: number): string => time.toFixed(3)

function caseText(
  { classname, file, line, time = 0, out, failed, skipped }: JunitCase,
  name: string,
  most: number,
): string {
  const open = `    <testcase${attributes({ name, classname, file, line, time: seconds(time) })}`
  const kind = failed?.error ? 'error' : 'failure'
  const cut = (text: string): string => clean(text, most)
  // GitLab shows the content, and no attribute beside it.
  const inner = failed
    ? `<${kind}${attributes({ message: cut(failed.message), type: failed.type })}>${escape(wordsOf(failed), most)}</${kind}>`
    : skipped !== undefined
      ? `<skipped${attributes({ message: cut(skipped) })}>${escape(skipped, most)}</skipped>`
      : out === undefined
        ? undefined
        : `<system-out>${escape(out, most)}</system-out>`
  return inner === undefined ? `${open}/>` : `${open}>\n      ${inner}\n    </testcase>`
}

const wordsOf = ({ message, text }: { readonly message: string; readonly text: string }): string =>
  text.includes(message) ? text : message.includes(text) ? message : `${message}\n${text}`

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .flatMap(([key, value]) =>
      value === undefined
        ? []
        : [` ${key}="${escape(String(value)).replace(/[\t\n]/g, (c) => `&#${c.charCodeAt(0)};`)}"`],
    )
    .join('')
}

const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** XML forbids most control characters even as references, and lone surrogates. */
function escape(text: string, max?: number): string {
  return clean(text, max)
    .replace(
      /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '',
    )
    .replace(/[&<>"']/g, (c) => ENTITY[c] ?? c)
}
