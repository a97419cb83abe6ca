// SPDX-License-Identifier: Apache-2.0
// The verbs as data: their options and examples here, what they do in a file of their own, loaded when it is asked for.
import type { VerbAction } from './context.js'

export interface Verb {
  readonly name: string
  readonly summary: string
  /** Command lines that work as they stand, with what they are for. */
  readonly examples: readonly (readonly [string, string])[]
  /** As commander reads them: "[nodes]". */
  readonly argument?: readonly [string, string]
  readonly options?: readonly (readonly [string, string])[]
  readonly more?: string
  readonly load: () => Promise<VerbAction>
}

const LIMIT = ['--limit <nodes>', 'only these nodes, as Slurm writes them: node[01-06]'] as const

export const VERBS: readonly Verb[] = [
  {
    name: 'init',
    summary: 'write a patchrun.yml, an example playbook repository and nodes that run as they are',
    argument: ['[directory]', 'where to; the current directory by default'],
    examples: [['patchrun init fleet', 'write into the new directory fleet'], ['cd fleet && patchrun run', 'roll the example out: no root, no ssh, nothing outside the directory']],
    load: async () => (await import('./init.js')).init,
  },
  {
    name: 'demo',
    summary: 'see it work: six nodes on this machine, a good commit, a bad one, the fix',
    argument: ['[directory]', 'where to; a new temporary directory by default'],
    examples: [['patchrun demo', 'needs no root and no ssh']],
    load: async () => (await import('./demo.js')).demo,
  },
  {
    name: 'validate',
    summary: 'check patchrun.yml and its lists; touch nothing',
    examples: [['patchrun validate', 'every mistake with file, line and what to do'], ['patchrun validate --env prod', 'one environment']],
    load: async () => (await import('./validate.js')).validate,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of patchrun.yml, for editors',
    examples: [['patchrun schema > patchrun.schema.json', 'then begin patchrun.yml with: # yaml-language-server: $schema=patchrun.schema.json']],
    options: [['--report', 'the schema of what --json prints, instead']],
    load: async () => (await import('./schema.js')).schema,
  },
  {
    name: 'doctor',
    summary: 'check all that a rollout stands on: file, Ansible, git, ssh, clock, disk, lock, canaries',
    examples: [['patchrun doctor', 'each with what was found, and how to mend it'], ['patchrun doctor --json', 'the same, typed; exit 3 when something must be mended']],
    load: async () => (await import('./doctor.js')).doctorVerb,
  },
  {
    name: 'inventory',
    summary: 'print the Ansible inventory of the permitted nodes',
    examples: [['patchrun inventory --list', 'the whole inventory as JSON, as ansible reads it from a script'], ['patchrun inventory --host node01', 'the variables of one node']],
    options: [['--list', 'all groups and nodes (the default)'], ['--host <name>', 'the variables of one node']],
    more: 'To point ansible itself at it, give it an executable file of two lines:\n  #!/bin/sh\n  exec patchrun -c /path/to/patchrun.yml inventory "$@"',
    load: async () => (await import('./inventory.js')).inventory,
  },
  {
    name: 'pin',
    summary: 'show the commit that would be rolled out, and what lies between it and the last one',
    examples: [['patchrun pin', 'ref, commit, and the commits since the last completed rollout']],
    load: async () => (await import('./pin.js')).pin,
  },
  {
    name: 'lint',
    summary: 'audit the tags of every task in the playbook; touch no node',
    examples: [['patchrun lint', 'what is untagged, what carries both tags, what check mode cannot predict'], ['patchrun lint --strict', 'exit 4 when a task is untagged, for merge requests'], ['patchrun lint -v', 'every task, not only the findings']],
    options: [['--strict', 'exit 4 when something is untagged']],
    load: async () => (await import('./lint.js')).lint,
  },
  {
    name: 'detect',
    summary: 'say what the pin would do to each node, in check mode; change nothing',
    examples: [['patchrun detect', 'the verdict of every node: GOOD, HOT, DRAIN, ERROR, UNKNOWN'], ['patchrun detect -v --limit node[01-02]', 'two nodes, with diffs'], ['patchrun detect --strict', 'exit 4 when a node is ERROR or UNKNOWN']],
    options: [LIMIT, ['--strict', 'exit 4 when a node is ERROR or UNKNOWN']],
    load: async () => (await import('./detect.js')).detectVerb,
  },
  {
    name: 'plan',
    summary: 'say what a run would do, wave by wave, from a fresh look at every node; change nothing',
    examples: [['patchrun plan', 'waves, what is applied where, what would wait or fail'], ['patchrun plan --limit node[01-20]', 'the canaries and these nodes only'], ['patchrun plan --out plan.json', 'keep it: `patchrun run --plan plan.json` does that and nothing else']],
    options: [LIMIT, ['--out <file>', 'write a plan file']],
    load: async () => (await import('./plan.js')).planVerb,
  },
  {
    name: 'run',
    summary: 'roll the pin out: canaries first, then wave by wave',
    examples: [['patchrun run', 'asks first on a terminal; goes on with a rollout that was stopped'], ['patchrun run --yes', 'asks nothing'], ['patchrun run --once', 'does all that needs no waiting, then exits with 5 while something waits (for scheduled jobs)'], ['patchrun run --limit node[01-20]', 'the canaries and these nodes only']],
    options: [['--once', 'do all that needs no waiting, then exit'], ['--again', 'look again: at every node of a completed pin, or at those that wait for a drain'], LIMIT, ['--plan <file>', 'only what this plan file shows: refuses when commit, lists or inventory have moved'], ['-y, --yes', 'do not ask before it begins']],
    more: 'Ctrl-C once starts no new step and finishes what runs; twice ends it. `patchrun run` goes on either way.',
    load: async () => (await import('./run.js')).run,
  },
  {
    name: 'status',
    summary: 'say what is: the rollout, what waits and why, what failed',
    examples: [['patchrun status', 'in words'], ['patchrun status --json', 'the same, typed']],
    load: async () => (await import('./status.js')).statusVerb,
  },
  {
    name: 'report',
    summary: 'the rollout that stands, as text, JSON or JUnit',
    examples: [['patchrun report --format junit > junit.xml', 'a test case a node, for CI'], ['patchrun report --json', 'the same as --format json']],
    options: [['--format <format>', 'text, json or junit']],
    load: async () => (await import('./report.js')).report,
  },
  {
    name: 'history',
    summary: 'past rollouts, newest first',
    examples: [['patchrun history', 'what was rolled out, when, by whom, and how it ended']],
    load: async () => (await import('./history.js')).historyVerb,
  },
  {
    name: 'retry',
    summary: 'let failed nodes be tried again, and a halted rollout go on, with the next run',
    argument: ['[nodes]', 'only these failed nodes; all of them by default'],
    examples: [['patchrun retry && patchrun run', 'after the cause was mended'], ['patchrun retry node03', 'one node']],
    load: async () => (await import('./retry.js')).retryVerb,
  },
]
