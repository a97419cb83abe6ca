// SPDX-License-Identifier: Apache-2.0
// The verbs as data: their options and examples here, what they do in a file of their own, loaded
// when it is asked for.
import { SHELLS } from './call/formats.js'
import type { Format } from './call/formats.js'
import type { OptionSpec, Verb } from './call/verb.js'

/** They stand before or after any verb. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  ['-c, --config <file>', 'the declaration of the fleet'],
  ['--env <name>', 'the environment, where patchrun.yml declares several'],
  ['--json', 'print the result as one JSON document'],
  ['--no-color', 'no colours, and plain lines instead of a live screen'],
  ['-v, --verbose', 'tell more'],
  ['-q, --quiet', 'tell no progress'],
]

const LIMIT = ['--limit <nodes>', 'only these nodes, as Slurm writes them: node[01-06]'] as const

const SHA = [
  '--sha <sha>',
  'this commit, all its digits, instead of what the ref leads to',
] as const

const CANARIES = ['--canaries', 'only the canaries'] as const

/** What a verb can answer in besides text and JSON. */
const formats = (...more: readonly Format[]): readonly OptionSpec[] => [
  ['--format <format>', `text, json, ${more.join(', ')}`, ['text', 'json', ...more]],
  [
    '--save <format=file...>',
    'write the answer to a file in this format, too; may be given several times',
  ],
]

const YES = ['-y, --yes', 'do not ask before it begins; needed where nobody can be asked'] as const

const REASON = ['--reason <text>', 'what the next person on duty reads'] as const

export const VERBS: readonly Verb[] = [
  {
    name: 'init',
    summary: 'write a patchrun.yml, an example playbook repository and nodes that run as they are',
    argument: ['[directory]', 'where to; the current directory by default'],
    examples: [
      ['patchrun init fleet', 'write into the new directory fleet'],
      [
        'cd fleet && patchrun run',
        'roll the example out: no root, no ssh, nothing outside the directory',
      ],
    ],
    load: async () => (await import('./begin/init.js')).init,
  },
  {
    name: 'demo',
    summary: 'see it work: six nodes on this machine, a good commit, a bad one, the fix',
    argument: ['[directory]', 'where to; a new temporary directory by default'],
    examples: [['patchrun demo', 'needs no root and no ssh']],
    load: async () => (await import('./begin/demo.js')).demo,
  },
  {
    name: 'validate',
    summary: 'check patchrun.yml and its lists; touch nothing',
    examples: [
      ['patchrun validate', 'every mistake with file, line and what to do'],
      ['patchrun validate --env prod', 'one environment'],
    ],
    load: async () => (await import('./look/validate.js')).validate,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of patchrun.yml, for editors',
    examples: [
      [
        'patchrun schema > patchrun.schema.json',
        'then begin patchrun.yml with: # yaml-language-server: $schema=patchrun.schema.json',
      ],
    ],
    options: [
      ['--report', 'the schema of what --json prints, instead'],
      ['--notification', 'the schema of what a webhook gets, instead'],
    ],
    load: async () => (await import('./begin/schema.js')).schema,
  },
  {
    name: 'doctor',
    summary:
      'check all that a rollout stands on: file, Ansible, git, ssh, clock, disk, lock, canaries',
    examples: [
      ['patchrun doctor', 'each with what was found, and how to mend it'],
      ['patchrun doctor --json', 'the same, typed; exit 3 when something must be mended'],
    ],
    load: async () => (await import('./look/doctor.js')).doctorVerb,
  },
  {
    name: 'inventory',
    summary: 'print the Ansible inventory of the permitted nodes',
    examples: [
      [
        'patchrun inventory --list',
        'the whole inventory as JSON, as ansible reads it from a script',
      ],
      ['patchrun inventory --host node01', 'the variables of one node'],
    ],
    options: [
      ['--list', 'all groups and nodes (the default)'],
      ['--host <node>', 'the variables of one node'],
    ],
    more: 'To point ansible itself at it, give it an executable file of two lines:\n  #!/bin/sh\n  exec patchrun -c /path/to/patchrun.yml inventory "$@"',
    load: async () => (await import('./look/inventory.js')).inventory,
  },
  {
    name: 'pin',
    summary: 'show the commit that would be rolled out, and what lies between it and the last one',
    examples: [['patchrun pin', 'ref, commit, and the commits since the last completed rollout']],
    options: [SHA],
    load: async () => (await import('./look/pin.js')).pin,
  },
  {
    name: 'lint',
    summary: 'audit the tags of every task in the playbook; touch no node',
    examples: [
      ['patchrun lint', 'what is untagged, what carries both tags, what check mode cannot predict'],
      ['patchrun lint --strict', 'exit 4 when a task is untagged, for merge requests'],
      ['patchrun lint -v', 'every task, not only the findings'],
      [
        'patchrun lint --save codequality=gl-code-quality.json',
        'marks the findings in a merge request of GitLab',
      ],
      [
        'patchrun lint --suggest > tags.patch',
        'a tag for each task that has none, as a patch for git apply, and why',
      ],
    ],
    options: [
      ['--strict', 'exit 4 when something is untagged'],
      ['--suggest', 'propose a tag for each task that has none, as a patch of the repository'],
      SHA,
      ...formats('junit', 'markdown', 'codequality'),
    ],
    load: async () => (await import('./look/lint.js')).lint,
  },
  {
    name: 'detect',
    summary: 'say what the pin would do to each node, in check mode; change nothing',
    examples: [
      ['patchrun detect', 'the verdict of every node: GOOD, HOT, DRAIN, ERROR, UNKNOWN'],
      ['patchrun detect -v --limit node[01-02]', 'two nodes, with diffs'],
      ['patchrun detect --strict', 'exit 4 when a node is ERROR or UNKNOWN'],
      [
        'patchrun detect --canaries --save junit=detect.xml --save markdown=detect.md',
        'the canaries, with a report for CI beside the text',
      ],
    ],
    options: [
      LIMIT,
      CANARIES,
      ['--strict', 'exit 4 when a node is ERROR or UNKNOWN'],
      SHA,
      ...formats('junit', 'markdown'),
    ],
    load: async () => (await import('./look/detect.js')).detectVerb,
  },
  {
    name: 'plan',
    summary:
      'say what a run would do, wave by wave, from a fresh look at every node; change nothing',
    examples: [
      ['patchrun plan', 'waves, what is applied where, what would wait or fail'],
      ['patchrun plan --limit node[01-20]', 'the canaries and these nodes only'],
      [
        'patchrun plan --out plan.json',
        'keep it: `patchrun run --plan plan.json` does that and nothing else',
      ],
    ],
    options: [
      LIMIT,
      CANARIES,
      ['--out <file>', 'write a plan file'],
      SHA,
      ...formats('junit', 'markdown'),
    ],
    load: async () => (await import('./look/plan.js')).planVerb,
  },
  {
    name: 'run',
    summary: 'roll the pin out: canaries first, then wave by wave',
    examples: [
      ['patchrun run', 'asks first on a terminal; goes on with a rollout that was stopped'],
      ['patchrun run --yes', 'asks nothing'],
      [
        'patchrun run --once --yes',
        'does all that needs no waiting, then exits with 5 while something waits (for scheduled jobs)',
      ],
      ['patchrun run --limit node[01-20]', 'the canaries and these nodes only'],
      [
        'patchrun run --yes --wait 30m --until-wave canary --sha 3fa29c1b02de4c6a8e0f1b2d3c4e5f6071829304',
        'for jobs: exactly this commit, and no further than the canaries',
      ],
    ],
    options: [
      ['--once', 'do all that needs no waiting, then exit'],
      ['--wait <duration>', 'wait for this long in all, then as with --once: 30m, 2h'],
      ['--until-wave <wave>', 'begin no wave after this one: canary, or its number'],
      SHA,
      [
        '--again',
        'look again: at every node of a completed pin, or at those that wait for a drain',
      ],
      LIMIT,
      [
        '--plan <file>',
        'only what this plan file shows: refuses when commit, lists or inventory have moved',
      ],
      YES,
      ...formats('junit', 'markdown'),
    ],
    more: 'Ctrl-C once starts no new step and finishes what runs; twice ends it. `patchrun run` goes on either way.',
    load: async () => (await import('./steer/run.js')).run,
  },
  {
    name: 'status',
    summary: 'say what is: the rollout, what waits and why, what failed',
    examples: [
      ['patchrun status', 'in words'],
      ['patchrun status --json', 'the same, typed'],
      ['patchrun status --watch', 'on a terminal, drawn anew until Ctrl-C or q'],
      [
        'patchrun status --openmetrics --out /var/lib/prometheus/node-exporter/patchrun.prom',
        'all environments as metrics, for the textfile collector of Prometheus',
      ],
    ],
    options: [
      ['--watch', 'draw it anew on the terminal, until Ctrl-C or q'],
      [
        '--every <duration>',
        'of --watch: how often; 2s by default, 10s where the state lies in a git repository',
      ],
      ['--openmetrics', 'as metrics, all environments unless --env names one'],
      ['--out <file>', 'of --openmetrics: write them to this file, whole or not at all'],
    ],
    load: async () => (await import('./look/status.js')).statusVerb,
  },
  {
    name: 'report',
    summary: 'the rollout that stands, as text, JSON, JUnit or Markdown',
    examples: [
      ['patchrun report --format junit > junit.xml', 'a test case a node, for CI'],
      ['patchrun report --format markdown', 'for a summary'],
      ['patchrun report --json', 'the same as --format json'],
    ],
    options: formats('junit', 'markdown'),
    load: async () => (await import('./look/report.js')).report,
  },
  {
    name: 'history',
    summary: 'past rollouts, newest first',
    examples: [['patchrun history', 'what was rolled out, when, by whom, and how it ended']],
    load: async () => (await import('./look/history.js')).historyVerb,
  },
  {
    name: 'gitlab',
    summary: 'print the pipeline of GitLab for this patchrun.yml, or write it into a file',
    examples: [
      ['patchrun gitlab', 'the includes of the component, one an environment, in order'],
      [
        'patchrun gitlab --write .gitlab/patchrun.yml',
        'write the file, or bring what patchrun wrote there up to date',
      ],
      [
        'patchrun gitlab --write .gitlab/patchrun.yml --check',
        'say what would change, and exit 4 if anything would',
      ],
      [
        'patchrun gitlab --child --input image=registry.example.org/patchrun:1',
        'a child pipeline, with a job for each environment and wave',
      ],
    ],
    options: [
      ['--child', 'a whole pipeline with a job for each environment and wave, instead of includes'],
      ['--write <file>', 'into this file, between two marks; whatever else stands in it stays'],
      ['--check', 'write nothing; exit 4 when the file is not up to date'],
      ['--component <address>', 'where the component is to be had, with its version'],
      [
        '--input <name=value...>',
        'an input of the component, for all environments; may be given several times',
      ],
    ],
    load: async () => (await import('./gitlab/gitlab.js')).gitlab,
  },
  {
    name: 'pause',
    summary: 'begin nothing new, in one environment or in all; what runs is finished',
    examples: [
      ['patchrun pause --reason "storage maintenance"', 'every environment, until unpause'],
      [
        'patchrun pause --env prod --reason "incident 4711" --for 2h',
        'one environment; it goes on by itself',
      ],
      [
        'patchrun pause --reason "exams" --until 2026-06-12T18:00',
        'until a time, in your time zone',
      ],
    ],
    options: [
      REASON,
      ['--for <duration>', 'how long: 30m, 2h, 1h30m, 2d'],
      ['--until <time>', 'until when: 2026-03-01T18:00, or with +01:00'],
    ],
    load: async () => (await import('./steer/pause.js')).pauseVerb,
  },
  {
    name: 'unpause',
    summary: 'let one environment, or all, go on',
    examples: [
      ['patchrun unpause', 'every environment; a run that waits goes on by itself'],
      ['patchrun unpause --env prod --reason "storage is back"', 'one environment'],
    ],
    options: [REASON],
    load: async () => (await import('./steer/unpause.js')).unpauseVerb,
  },
  {
    name: 'approve',
    summary: 'let a rollout go on that waits for an approval: this commit, on these nodes',
    argument: ['[key]', 'what `patchrun status` shows, such as wide-3fa29c1b02de'],
    examples: [
      ['patchrun approve', 'shows on a terminal what it would let go, and asks'],
      [
        'patchrun approve wide-3fa29c1b02de --yes --reason "canaries look good"',
        'what was shown under this key, and nothing else',
      ],
      [
        'patchrun approve --yes --sha 3fa29c1b02de',
        'for jobs: the one approval that is pending, if the pin is this commit',
      ],
    ],
    options: [
      ['--sha <sha>', 'the commit of the rollout, 12 digits or more, instead of a key'],
      REASON,
      YES,
    ],
    load: async () => (await import('./steer/approve.js')).approveVerb,
  },
  {
    name: 'release',
    summary: 'give nodes back that are drained and not changed yet; they are drained again later',
    argument: ['<nodes>', 'drained nodes, as Slurm writes them: node[01-06]'],
    examples: [
      [
        'patchrun release node07 --reason "deadline of a user"',
        'drained again after `drain.timeout` at the earliest',
      ],
      ['patchrun release node07 --for 12h', 'or when it is said'],
    ],
    options: [
      REASON,
      ['--for <duration>', 'not drained again for this long: 30m, 2h, 1h30m, 2d'],
      ['--until <time>', 'not drained again before: 2026-03-01T18:00, or with +01:00'],
      ['--by-hand', 'you gave them back, as their scheduler is not declared any more'],
      YES,
    ],
    load: async () => (await import('./steer/release.js')).releaseVerb,
  },
  {
    name: 'abort',
    summary: 'finish what runs, then halt the rollout',
    examples: [
      [
        'patchrun abort --reason "wrong branch"',
        'the run that is under way ends with exit 4; retry goes on, rollback takes it back',
      ],
    ],
    options: [REASON],
    load: async () => (await import('./steer/abort.js')).abortVerb,
  },
  {
    name: 'retry',
    summary: 'let nodes be tried again, and a halted rollout go on',
    argument: [
      '[nodes]',
      'nodes that are not GOOD: failed, quarantined, never started; all that failed by default',
    ],
    examples: [
      ['patchrun retry && patchrun run', 'after the cause was mended'],
      [
        'patchrun retry node03 --reason "disk replaced"',
        'one node; a run that is under way hears it',
      ],
    ],
    options: [REASON, YES],
    load: async () => (await import('./steer/retry.js')).retryVerb,
  },
  {
    name: 'rollback',
    summary: 'take the nodes that the rollout changed back to the commit before, canaries first',
    examples: [
      ['patchrun rollback --reason "jobs fail to start"', 'shows what it would do and asks'],
      ['patchrun rollback --yes --reason "jobs fail to start"', 'asks nothing'],
    ],
    options: [
      REASON,
      ['--once', 'do all that needs no waiting, then exit'],
      YES,
      ...formats('junit', 'markdown'),
    ],
    more: 'The commit that was taken back is not rolled out again until a newer one is there, or with `patchrun run --again`.\nWhile a run is under way: `patchrun abort` first.',
    load: async () => (await import('./steer/rollback.js')).rollbackVerb,
  },
  {
    name: 'completion',
    summary: 'print the completion of your shell: verbs, options, environments, node names',
    argument: ['<shell>', 'bash, zsh or fish', SHELLS],
    examples: [
      [
        'patchrun completion bash > ~/.patchrun-completion',
        'then in ~/.bashrc: source ~/.patchrun-completion',
      ],
      ['patchrun completion zsh > ~/.zfunc/_patchrun', 'into a directory of $fpath'],
      [
        'patchrun completion fish > ~/.config/fish/completions/patchrun.fish',
        'read by fish when it is needed',
      ],
    ],
    load: async () => (await import('./begin/completion.js')).completion(VERBS, GLOBAL_OPTIONS),
  },
]
