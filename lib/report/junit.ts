// SPDX-License-Identifier: Apache-2.0
// A rollout as JUnit XML, as CI systems show it: a suite a wave, a test case a node. A node that waits is skipped, with the reason.
import { describeFailure } from '../rollout/index.js'
import type { NodeReport, Report } from './types.js'
import { clean } from './words.js'

export function junitXml(report: Report): string {
  const { rollout, fleet, environment, at } = report
  const waves = rollout?.waves ?? []
  const suites = waves.map(({ wave, name }) => {
    const nodes = rollout?.nodes.filter((n) => n.wave === wave) ?? []
    const cases = nodes.map((node) => testCase(node, `${fleet}.${environment}.${name}`))
    return [`  <testsuite${attributes({ name, ...totals(nodes), timestamp: rollout?.openedAt ?? at })}>`, ...cases, '  </testsuite>'].join('\n')
  })
  // A guard or a fault of the playbook is no node's failure, and must not come out as a green report.
  const halt = rollout?.halt
  if (halt && !rollout.nodes.some(isFailure)) {
    const fault = `    <testcase${attributes({ name: halt.code, classname: `${fleet}.${environment}` })}>\n      <error${attributes({ message: halt.message, type: halt.code })}>${escape(halt.hint)}</error>\n    </testcase>`
    suites.push([`  <testsuite${attributes({ name: 'rollout', tests: 1, failures: 0, errors: 1, skipped: 0 })}>`, fault, '  </testsuite>'].join('\n'))
  }
  const name = `patchrun ${fleet} ${environment}${rollout ? ` ${rollout.pin.sha}` : ''}`
  const all = totals(rollout?.nodes ?? [])
  const extra = suites.length > waves.length ? 1 : 0
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes({ name, ...all, tests: all.tests + extra, errors: extra })}>`, ...suites, '</testsuites>', ''].join('\n')
}

const isFailure = ({ stage }: NodeReport): boolean => stage === 'failed' || stage === 'quarantined'
const isPassed = ({ stage }: NodeReport): boolean => stage === 'good'

function totals(nodes: readonly NodeReport[]): { tests: number; failures: number; errors: number; skipped: number } {
  const failures = nodes.filter(isFailure).length
  return { tests: nodes.length, failures, errors: 0, skipped: nodes.length - failures - nodes.filter(isPassed).length }
}

function testCase(node: NodeReport, classname: string): string {
  const { failure } = node
  const place = failure?.file === undefined ? {} : { file: failure.file, line: failure.line }
  const open = `    <testcase${attributes({ name: node.node, classname, ...place })}`
  if (isPassed(node)) return `${open}/>`
  if (!isFailure(node)) return `${open}>\n      <skipped${attributes({ message: node.waiting ?? 'not reached' })}/>\n    </testcase>`
  return `${open}>\n      <failure${attributes({ message: describeFailure(failure), type: failure?.cause ?? 'failed' })}>${escape(failure?.message ?? '')}</failure>\n    </testcase>`
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escape(String(value)).replace(/[\t\n]/g, (c) => `&#${c.charCodeAt(0)};`)}"`])).join('')
}

const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** XML forbids most control characters even as references, and lone surrogates. */
function escape(text: string): string {
  return clean(text).replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '').replace(/[&<>"']/g, (c) => ENTITY[c] ?? c)
}
