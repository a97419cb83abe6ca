// SPDX-License-Identifier: Apache-2.0
// lib/report/formats/: reports for other programs.
//
// Reports as JUnit. Of a rollout: a suite a wave, a test case a node. Of a look: a test case a
// node. Of lint: a test case a task. Pure.
import { groupBy } from '../../fleet/names/group-by.js'
import { describeFailure } from '../../rollout/index.js'
import type { Finding } from '../../rollout/record/verdict.js'
import type { LintReport } from '../model/answers.js'
import { junitDocument } from './junit-xml.js'
import type { JunitCase } from './junit-xml.js'
import { fails } from '../words/lint-severity.js'
import type { DetectReport, NodeReport, PlanReport, Report } from '../model/rollout-report.js'
import { placeText } from '../words/words.js'

/** A node that waits is skipped, with the reason. */
export function junitXml({ rollout, fleet, environment, at }: Report): string {
  const suites = (rollout?.waves ?? []).map(({ wave, name }) => ({
    name,
    timestamp: rollout?.openedAt ?? at,
    cases: (rollout?.nodes ?? [])
      .filter((n) => n.wave === wave)
      .map((node) => nodeCase(node, `${fleet}.${environment}.${name}`)),
  }))
  // A guard or a fault of the playbook is no node's failure, and must not come out as a green
  // report.
  const halt = rollout?.halt
  const fault: JunitCase[] =
    halt && !rollout.nodes.some(isFailure)
      ? [
          {
            name: halt.code,
            classname: `${fleet}.${environment}`,
            failed: { message: halt.message, type: halt.code, text: halt.hint, error: true },
          },
        ]
      : []
  return junitDocument(`patchrun ${fleet} ${environment}${rollout ? ` ${rollout.pin.sha}` : ''}`, [
    ...suites,
    ...(fault.length > 0 ? [{ name: 'rollout', cases: fault }] : []),
  ])
}

const isFailure = ({ stage }: NodeReport): boolean => stage === 'failed' || stage === 'quarantined'

function nodeCase(node: NodeReport, classname: string): JunitCase {
  const { failure } = node
  const base = {
    name: node.node,
    classname,
    ...(failure?.file !== undefined && {
      file: failure.file,
      ...(failure.line !== undefined && { line: failure.line }),
    }),
    ...(node.spent !== undefined && { time: node.spent / 1000 }),
  }
  if (node.stage === 'good') return base
  if (!isFailure(node)) return { ...base, skipped: node.waiting ?? 'not reached' }
  return {
    ...base,
    failed: {
      message: describeFailure(failure),
      type: failure?.cause ?? 'failed',
      text: failure?.message ?? '',
    },
  }
}

/**
 * What a node would get is no failure; that the pin fails there, or nothing is known of it, is one.
 */
export function lookJunit({
  kind,
  fleet,
  environment,
  pin,
  at,
  nodes,
}: DetectReport | PlanReport): string {
  const classname = `${fleet}.${environment}.${kind}`
  return junitDocument(`patchrun ${kind} ${fleet} ${environment} ${pin.sha}`, [
    { name: kind, timestamp: at, cases: nodes.map((seen) => lookCase(seen, classname)) },
  ])
}

function lookCase(
  { node, verdict, failure, changes }: Finding & { readonly node: string },
  classname: string,
): JunitCase {
  const base = { name: node, classname }
  if (verdict === 'ERROR' || verdict === 'UNKNOWN')
    return {
      ...base,
      failed: {
        message: failure ? describeFailure(failure) : 'Ansible said nothing about it',
        type: failure?.cause ?? verdict,
        text: failure?.message ?? '',
      },
    }
  return {
    ...base,
    out: [verdict, ...changes.map((c) => `would change: "${c.task}" (${placeText(c)})`)].join('\n'),
  }
}

export function lintJunit({ fleet, environment, pin, tasks, findings }: LintReport): string {
  const found = groupBy(findings, (f) => JSON.stringify([f.play, f.task, f.file, f.line]))
  const suites = [...groupBy(tasks, (t) => t.file)].map(([file, those]) => ({
    name: file,
    cases: those.map(({ play, task, line }): JunitCase => {
      const of = found.get(JSON.stringify([play, task, file, line])) ?? []
      const base = {
        name: `${task} (line ${line})`,
        classname: `${fleet}.${environment}.lint.${file}`,
        file,
        line,
      }
      const text = (list: typeof of): string =>
        list.map((f) => `${f.finding}: ${f.message}\n${f.hint}`).join('\n')
      const bad = of.filter((f) => fails(f.finding))
      if (bad[0])
        return {
          ...base,
          failed: { message: bad[0].message, type: bad[0].finding, text: text(of) },
        }
      return of.length > 0 ? { ...base, out: text(of) } : base
    }),
  }))
  return junitDocument(`patchrun lint ${fleet} ${environment} ${pin.sha}`, suites)
}
