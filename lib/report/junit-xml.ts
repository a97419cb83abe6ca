// SPDX-License-Identifier: Apache-2.0
// Suites and cases as JUnit XML, in the form that CI systems read. Pure.
import { clean } from './words.js'

export interface JunitCase {
  readonly name: string
  readonly classname: string
  readonly file?: string
  readonly line?: number
  /** What is worth reading of a case that passed. */
  readonly out?: string
  readonly failed?: { readonly message: string; readonly type: string; readonly text: string; readonly error?: true }
  /** Why it did not come to a result. */
  readonly skipped?: string
}

export interface JunitSuite {
  readonly name: string
  /** ISO 8601. */
  readonly timestamp?: string
  readonly cases: readonly JunitCase[]
}

export function junitDocument(name: string, suites: readonly JunitSuite[]): string {
  const all = totals(suites.flatMap((s) => s.cases))
  const texts = suites.map((suite) => [`  <testsuite${attributes({ name: suite.name, ...totals(suite.cases), timestamp: suite.timestamp })}>`, ...suite.cases.map(caseText), '  </testsuite>'].join('\n'))
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes({ name, ...all })}>`, ...texts, '</testsuites>', ''].join('\n')
}

function totals(cases: readonly JunitCase[]): Record<'tests' | 'failures' | 'errors' | 'skipped', number> {
  const errors = cases.filter((c) => c.failed?.error).length
  return { tests: cases.length, failures: cases.filter((c) => c.failed).length - errors, errors, skipped: cases.filter((c) => c.skipped !== undefined).length }
}

function caseText({ name, classname, file, line, out, failed, skipped }: JunitCase): string {
  const open = `    <testcase${attributes({ name, classname, file, line })}`
  const kind = failed?.error ? 'error' : 'failure'
  const inner = failed ? `<${kind}${attributes({ message: failed.message, type: failed.type })}>${escape(failed.text)}</${kind}>` : skipped !== undefined ? `<skipped${attributes({ message: skipped })}/>` : out === undefined ? undefined : `<system-out>${escape(out)}</system-out>`
  return inner === undefined ? `${open}/>` : `${open}>\n      ${inner}\n    </testcase>`
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escape(String(value)).replace(/[\t\n]/g, (c) => `&#${c.charCodeAt(0)};`)}"`])).join('')
}

const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** XML forbids most control characters even as references, and lone surrogates. */
function escape(text: string): string {
  return clean(text).replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '').replace(/[&<>"']/g, (c) => ENTITY[c] ?? c)
}
