// SPDX-License-Identifier: Apache-2.0
// Broken files, and for each the code, the line and the column that an operator gets to see.
import t from 'tap'
import { PatchrunError, type Problem } from '../../lib/errors.js'
import { readDeclaration } from '../../lib/engine/site/open-fleet.js'
import { extraArgFaults } from '../../lib/fleet/declare/extra-args.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { checkDeclaration, parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import { spent } from '../support/spent.js'

const FILE = '/etc/patchrun.yml'

function problemsOf(text: string, environment?: string): readonly Problem[] {
  try {
    resolveFleet(
      parseDeclaration(FILE, text),
      { lists: new Map() },
      environment === undefined ? {} : { environment },
    )
    return []
  } catch (error) {
    if (error instanceof PatchrunError) return error.problems
    throw error
  }
}

/** Seven lines; what is put after them begins in line 8. */
const GOOD = `schemaVersion: 1
fleet: demo
playbooks: { repository: ./playbooks, ref: main, playbook: site.yml }
nodes:
  allow:  ["node[01-06]"]
  deny:   ["db[1-2]"]
  canary: ["node[01-02]"]
`
const swap = (from: string, to: string): string => GOOD.replace(from, to)

/** Environments from line 9 on; X and Y stand for nodes. */
const environments = (...lines: readonly string[]): string =>
  `${GOOD}environments:\n${lines.map((line) => `  ${line.replace('X', 'nodes: { allow: [node01], canary: [node01] }').replace('Y', 'nodes: { allow: [node02], canary: [node02] }')}\n`).join('')}`

type Row = readonly [
  name: string,
  text: string,
  code: string,
  line: number,
  column: number,
  text_?: string,
]

const SYNTAX: readonly Row[] = [
  ['nothing', '', 'config/empty', 1, 1],
  ['comments only', '# later\n', 'config/empty', 1, 1],
  ['two documents', `${GOOD}---\na: 1\n`, 'config/yaml-documents', 9, 1],
  ['a tab', swap('  deny', '\tdeny'), 'config/yaml-syntax', 6, 1],
  ['an open bracket', `${GOOD}state: [`, 'config/yaml-syntax', 8, 8],
  [
    'an open list before other lines',
    swap('["db[1-2]"]', '["db[1-2]"'),
    'config/yaml-syntax',
    6,
    11,
  ],
  [
    'an open list within a mapping',
    `${GOOD}rollout: { waves: ["5%", soak: 1m }`,
    'config/yaml-syntax',
    8,
    19,
  ],
  ['an open mapping', `${GOOD}state: { git: {} # }\n`, 'config/yaml-syntax', 8, 8],
  ['an open quote', `${GOOD}state: "x\\"`, 'config/yaml-syntax', 8, 8],
  ['brackets not quoted', swap('"node[01-06]"', 'node[01-06]'), 'config/yaml-syntax', 5, 16],
  ['an unquoted exclusion', swap('["db[1-2]"]', '[!db1]'), 'config/yaml-syntax', 6, 12],
  ['wrong indentation', swap('  deny', ' deny'), 'config/yaml-syntax', 6, 2],
  ['a null byte', 'fleet: \0', 'config/yaml-syntax', 1, 8],
  [
    'nested too deeply',
    `${GOOD}inventory: {vars: {a: ${'['.repeat(200)}${']'.repeat(200)}}}`,
    'config/yaml-syntax',
    8,
    70,
  ],
  ['a key twice', `${GOOD}fleet: other\n`, 'config/duplicate-key', 8, 1, 'fleet'],
  [
    'a key twice, deep',
    `${GOOD}inventory:\n  vars: {a: 1, b: 2, a: 3}\n`,
    'config/duplicate-key',
    9,
    22,
    'a',
  ],
  ['a list as key', `${GOOD}? [a]\n: b\n`, 'config/yaml-key', 8, 3],
  ['an unknown alias', swap('["db[1-2]"]', '[*db]'), 'config/yaml-alias', 6, 12, '*db'],
  ['an alias to itself', `${GOOD}inventory: {vars: &v {a: *v}}`, 'config/yaml-alias', 8, 26, '*v'],
  [
    'a line of a megabyte',
    `${GOOD}state: { directory: "${'x'.repeat(1_000_000)}" }`,
    'config/line-too-long',
    8,
    1,
  ],
  ['a huge file', GOOD + '# comment\n'.repeat(500_000), 'config/file-too-large', 0, 0],
]

const FORM: readonly Row[] = [
  ['a list for a file', '- a\n', 'config/wrong-type', 1, 1],
  ['text for a file', 'hello\n', 'config/wrong-type', 1, 1, 'hello'],
  ['an unknown field', `${GOOD}canaries: [node01]\n`, 'config/unknown-field', 8, 1, 'canaries'],
  ['an unknown field, deep', swap('  deny:  ', '  denny: '), 'config/unknown-field', 6, 3, 'denny'],
  [
    'an unknown field in a source',
    swap('"db[1-2]"', '{fil: a}'),
    'config/unknown-field',
    6,
    13,
    'fil',
  ],
  ['a number for a path', swap('"db[1-2]"', '{file: 5}'), 'config/wrong-type', 6, 19, '5'],
  [
    'two sources in one',
    swap('"db[1-2]"', '{file: a, command: [b]}'),
    'config/unknown-field',
    6,
    22,
    'command',
  ],
  ['an empty source', swap('"db[1-2]"', '{}'), 'config/wrong-type', 6, 12],
  ['a number for an expression', swap('"db[1-2]"', '17'), 'config/wrong-type', 6, 12, '17'],
  ['text for a list', swap('["db[1-2]"]', 'db1'), 'config/wrong-type', 6, 11, 'db1'],
  ['nothing for a list', swap('["db[1-2]"]', ''), 'config/wrong-type', 6, 3, 'deny'],
  ['no fleet', swap('fleet: demo\n', ''), 'config/missing-field', 1, 1],
  ['no allow', swap('  allow:  ["node[01-06]"]\n', ''), 'config/missing-field', 4, 1, 'nodes'],
  ['no canary', swap('  canary: ["node[01-02]"]\n', ''), 'config/missing-field', 4, 1, 'nodes'],
  [
    'another version',
    swap('schemaVersion: 1', 'schemaVersion: 2'),
    'config/schema-version',
    1,
    16,
    '2',
  ],
  [
    'a version as text',
    swap('schemaVersion: 1', 'schemaVersion: "1"'),
    'config/schema-version',
    1,
    17,
    '1',
  ],
  ['no version', swap('schemaVersion: 1\n', ''), 'config/missing-field', 1, 1],
  ['a bad fleet name', swap('demo', '"my fleet"'), 'config/invalid-value', 2, 9, 'my fleet'],
  [
    'a ref that is an option',
    swap('ref: main', 'ref: --help'),
    'config/invalid-value',
    3,
    44,
    '--help',
  ],
  [
    'a repository that is an option',
    swap('./playbooks,', '--upload-pack=x,'),
    'config/invalid-value',
    3,
    26,
    '--upload-pack=x',
  ],
  ['a bad choice', `${GOOD}changes: { untagged: drian }\n`, 'config/invalid-value', 8, 22, 'drian'],
  [
    'a bad duration',
    `${GOOD}rollout: { soak: 10 minutes }\n`,
    'config/invalid-value',
    8,
    18,
    '10 minutes',
  ],
  ['a number for a duration', `${GOOD}rollout: { soak: 10 }\n`, 'config/wrong-type', 8, 18, '10'],
  ['a bad wave', `${GOOD}rollout: { waves: ["150%"] }\n`, 'config/invalid-value', 8, 21, '150%'],
  [
    'a bad number of nodes',
    `${GOOD}rollout: { maxFailed: "5 %" }\n`,
    'config/invalid-value',
    8,
    24,
    '5 %',
  ],
  [
    'a domain that is no list',
    `${GOOD}failureDomains: { a: node01 }\n`,
    'config/wrong-type',
    8,
    22,
    'node01',
  ],
  ['no wave', `${GOOD}rollout: { waves: [] }\n`, 'config/empty-value', 8, 19],
  ['too few forks', `${GOOD}ansible: { forks: 0 }\n`, 'config/invalid-value', 8, 19, '0'],
  ['yes is text', `${GOOD}ansible: { diff: yes }\n`, 'config/wrong-type', 8, 18, 'yes'],
  [
    'a bad variable name',
    `${GOOD}inventory: { vars: { my-var: 1 } }\n`,
    'config/variable-name',
    8,
    22,
    'my-var',
  ],
  [
    'a bad environment name',
    `${GOOD}environments: { "a b": { nodes: { allow: [node01], canary: [node01] } } }\n`,
    'config/invalid-value',
    8,
    18,
    'a b',
  ],
  [
    'an environment without nodes',
    `${GOOD}environments: { a: {} }\n`,
    'config/missing-field',
    8,
    17,
    'a',
  ],
  [
    'a bad day of the week',
    `${GOOD}windows: { open: [{ days: [monday], from: "08:00", to: "09:00" }] }\n`,
    'config/invalid-value',
    8,
    28,
    'monday',
  ],
  [
    'a bad time',
    `${GOOD}windows: { open: [{ from: "8:00", to: "09:00" }] }\n`,
    'config/invalid-value',
    8,
    28,
    '8:00',
  ],
  [
    'a window from 24:00',
    `${GOOD}windows: { open: [{ from: 24:00, to: 09:00 }] }\n`,
    'config/invalid-value',
    8,
    27,
    '24:00',
  ],
  [
    'a freeze without a reason',
    `${GOOD}windows: { freeze: [{ from: 2026-12-18, to: 2027-01-04 }] }\n`,
    'config/missing-field',
    8,
    21,
  ],
  [
    'a bad date',
    `${GOOD}windows: { freeze: [{ from: 18.12.2026, to: 2027-01-04, reason: x }] }\n`,
    'config/invalid-value',
    8,
    29,
    '18.12.2026',
  ],
  [
    'no attempts',
    `${GOOD}rollout: { retries: { attempts: 0 } }\n`,
    'config/invalid-value',
    8,
    33,
    '0',
  ],
  [
    'an unknown cause',
    `${GOOD}rollout: { budget: { unreachabel: 3 } }\n`,
    'config/unknown-field',
    8,
    22,
    'unreachabel',
  ],
  [
    'a limit of no nodes',
    `${GOOD}rollout: { capacity: { fleet: 0 } }\n`,
    'config/invalid-value',
    8,
    31,
    '0',
  ],
  [
    'a limit beyond all',
    `${GOOD}rollout: { capacity: { groups: { a: "110%" } } }\n`,
    'config/invalid-value',
    8,
    38,
    '110%',
  ],
  [
    'a bad approval',
    `${GOOD}rollout: { approval: [wave] }\n`,
    'config/invalid-value',
    8,
    23,
    'wave',
  ],
  ['a gate without a role', `${GOOD}health: [{ name: a }]\n`, 'config/missing-field', 8, 10],
  [
    'a gate at no time',
    `${GOOD}health: [{ name: a, role: r, at: [] }]\n`,
    'config/empty-value',
    8,
    34,
  ],
  [
    'a scheduler of no kind',
    `${GOOD}scheduler: { controller: ctl }\n`,
    'config/missing-field',
    8,
    1,
    'scheduler',
  ],
  [
    'an unknown scheduler',
    `${GOOD}scheduler: { type: slrum }\n`,
    'config/invalid-value',
    8,
    20,
    'slrum',
  ],
  [
    'a scheduler that is a word',
    `${GOOD}scheduler: slurm\ndrain: {}\n`,
    'config/wrong-type',
    8,
    12,
    'slurm',
  ],
  [
    'a controller that is a pattern',
    `${GOOD}scheduler: { type: slurm, controller: "ctl*" }\n`,
    'config/invalid-value',
    8,
    40,
    'ctl*',
  ],
  [
    'a feature Slurm would split',
    `${GOOD}scheduler: { type: slurm, feature: "a&b" }\n`,
    'config/invalid-value',
    8,
    37,
    'a&b',
  ],
  [
    'a feature that begins with a digit',
    `${GOOD}scheduler: { type: slurm, feature: 1x }\n`,
    'config/invalid-value',
    8,
    36,
    '1x',
  ],
  [
    'a role that is none',
    `${GOOD}scheduler: { type: slurm, roles: { drain: "../x" } }\n`,
    'config/invalid-value',
    8,
    44,
    '../x',
  ],
  [
    'a role of half a collection',
    `${GOOD}scheduler: { type: slurm, roles: { drain: a.b } }\n`,
    'config/invalid-value',
    8,
    43,
    'a.b',
  ],
  [
    'a step there is not',
    `${GOOD}scheduler: { type: slurm, roles: { drian: a } }\n`,
    'config/unknown-field',
    8,
    36,
    'drian',
  ],
  [
    'a drain of no node at once',
    `${GOOD}scheduler: { type: slurm }\ndrain: { atOnce: 0 }\n`,
    'config/invalid-value',
    9,
    18,
    '0',
  ],
  [
    'a drain of no share at once',
    `${GOOD}scheduler: { type: slurm }\ndrain: { atOnce: "0%" }\n`,
    'config/invalid-value',
    9,
    19,
    '0%',
  ],
  [
    'a bad way out',
    `${GOOD}scheduler: { type: slurm }\ndrain: { onTimeout: relaese }\n`,
    'config/invalid-value',
    9,
    21,
    'relaese',
  ],
  [
    'guests that are no list',
    `${GOOD}runsOn: { node01: node02 }\n`,
    'config/wrong-type',
    8,
    19,
    'node02',
  ],
  ['a prototype', `${GOOD}__proto__: { x: 1 }\n`, 'config/unknown-field', 8, 1, '__proto__'],
]

const SENSE: readonly Row[] = [
  ['a bad range', swap('node[01-06]', 'node[06-01]'), 'config/host-expression', 5, 18, '06-01'],
  [
    'a bad range in single quotes',
    swap('"node[01-06]"', "'node[06-01]'"),
    'config/host-expression',
    5,
    18,
    '06-01',
  ],
  ['a pattern', swap('"db[1-2]"', '"db*"'), 'config/host-expression', 6, 15, 'db*'],
  ['all', swap('"db[1-2]"', 'all'), 'config/host-name', 6, 12, 'all'],
  ['too many', swap('db[1-2]', 'db[1-2000000]'), 'config/too-many-hosts', 6, 13, 'db[1-2000000]'],
  ['empty allow', swap('["node[01-06]"]', '[]'), 'config/empty-list', 5, 3, 'allow'],
  ['empty canary', swap('["node[01-02]"]', '[]'), 'config/empty-list', 7, 3, 'canary'],
  [
    'allow empties itself',
    swap('["node[01-06]"]', '["node[01-06]", "!node[01-06]"]'),
    'config/empty-list',
    5,
    3,
    'allow',
  ],
  ['denied and allowed', swap('db[1-2]', 'node03'), 'config/contradiction', 6, 13, 'node03'],
  [
    'denied and canary',
    swap('db[1-2]', 'node[05-07]'),
    'config/contradiction',
    6,
    13,
    'node[05-07]',
  ],
  [
    'canary not allowed',
    swap('canary: ["node[01-02]"]', 'canary: ["node[06-07]"]'),
    'config/canary-not-allowed',
    7,
    13,
    'node[06-07]',
  ],
  [
    'twice in two entries',
    swap('["node[01-06]"]', '["node[01-06]", "node05"]'),
    'config/duplicate-node',
    5,
    28,
    'node05',
  ],
  [
    'twice in one entry',
    swap('node[01-06]', 'node[01-06],node05'),
    'config/duplicate-node',
    5,
    25,
    'node05',
  ],
  [
    'twice in one bracket',
    swap('node[01-06]', 'node[01-06,05]'),
    'config/duplicate-node',
    5,
    13,
    'node[01-06,05]',
  ],
  [
    'waves that fall',
    `${GOOD}rollout: { waves: ["10%", "50%", "50%"] }\n`,
    'config/waves',
    8,
    35,
    '50%',
  ],
  [
    'waves that fall, numbers',
    `${GOOD}rollout: { waves: [5, "10%", 3] }\n`,
    'config/waves',
    8,
    30,
    '3',
  ],
  [
    'a group named as a node',
    `${GOOD}inventory: { groups: { node01: [node02] } }\n`,
    'config/name-clash',
    8,
    24,
    'node01',
  ],
  [
    'a group named all',
    `${GOOD}inventory: { groups: { all: [node02] } }\n`,
    'config/group-name',
    8,
    24,
    'all',
  ],
  [
    'a group that is a pattern',
    `${GOOD}inventory: { groups: { "a*": [node02] } }\n`,
    'config/group-name',
    8,
    25,
    'a*',
  ],
  [
    'variables of no group',
    `${GOOD}inventory: { groups: { rack: [node02] }, groupVars: { rak: { a: 1 } } }\n`,
    'config/unknown-group',
    8,
    55,
    'rak',
  ],
  [
    'variables of a bad host',
    `${GOOD}inventory: { hostVars: { "node[2-1]": { a: 1 } } }\n`,
    'config/host-expression',
    8,
    27,
    'node[2-1]',
  ],
  [
    'domains of no group',
    `${GOOD}failureDomains: { fromGroups: ["rack*"] }\n`,
    'config/unknown-group',
    8,
    33,
    'rack*',
  ],
  [
    'domains of no variable',
    `${GOOD}failureDomains: { fromVariable: rack }\n`,
    'config/unknown-variable',
    8,
    33,
    'rack',
  ],
  [
    'a mistyped kind of domains',
    `${GOOD}failureDomains: { fromGroup: ["rack*"] }\n`,
    'config/unknown-field',
    8,
    19,
    'fromGroup',
  ],
  [
    'a bad host in a domain',
    `${GOOD}failureDomains: { rack1: ["node[2-1]"] }\n`,
    'config/host-expression',
    8,
    33,
    '2-1',
  ],
  [
    'a forbidden argument',
    `${GOOD}ansible: { extraArgs: [--limit, node01] }\n`,
    'config/extra-args',
    8,
    24,
  ],
  [
    'outside the fleet',
    `${GOOD}environments: { a: { nodes: { allow: [node01, x1], canary: [node01] } } }\n`,
    'config/outside-fleet',
    8,
    47,
    'x1',
  ],
  [
    'an empty environment',
    `${GOOD}environments: { a: { nodes: { allow: [], canary: [node01] } } }\n`,
    'config/empty-list',
    8,
    31,
    'allow',
  ],
  [
    'a canary outside its environment',
    `${GOOD}environments: { a: { nodes: { allow: [node01], canary: [node02] } } }\n`,
    'config/canary-not-allowed',
    8,
    57,
    'node02',
  ],
  [
    'an unknown zone',
    `${GOOD}windows: { zone: Europe/Olso }\n`,
    'config/unknown-zone',
    8,
    18,
    'Europe/Olso',
  ],
  [
    'a zone that is a distance',
    `${GOOD}windows: { zone: "+01:00" }\n`,
    'config/unknown-zone',
    8,
    19,
    '+01:00',
  ],
  [
    'a window of no length',
    `${GOOD}windows: { open: [{ from: "08:00", to: "08:00" }] }\n`,
    'config/window',
    8,
    41,
    '08:00',
  ],
  [
    'a freeze that ends first',
    `${GOOD}windows: { freeze: [{ from: 2027-01-04, to: 2026-12-18, reason: x }] }\n`,
    'config/freeze',
    8,
    45,
    '2026-12-18',
  ],
  [
    'a freeze of no length',
    `${GOOD}windows: { freeze: [{ from: 2026-12-18T12:00, to: 2026-12-18T12:00, reason: x }] }\n`,
    'config/freeze',
    8,
    51,
  ],
  [
    'a day there is not',
    `${GOOD}windows: { freeze: [{ from: 2026-02-29, to: 2026-03-04, reason: x }] }\n`,
    'config/freeze',
    8,
    29,
    '2026-02-29',
  ],
  [
    'a limit for no group',
    `${GOOD}inventory: { groups: { rack: [node02] } }\nrollout: { capacity: { groups: { rak: 1 } } }\n`,
    'config/unknown-group',
    9,
    34,
    'rak',
  ],
  [
    'a limit for no partition',
    `${GOOD}partitions: { batch: [node02] }\nrollout: { capacity: { partitions: { batsh: 1 } } }\n`,
    'config/unknown-partition',
    9,
    38,
    'batsh',
  ],
  [
    'a limit for no domains',
    `${GOOD}rollout: { capacity: { domains: 1 } }\n`,
    'config/no-domains',
    8,
    33,
    '1',
  ],
  [
    'a bad host in a partition',
    `${GOOD}partitions: { batch: ["node[2-1]"] }\n`,
    'config/host-expression',
    8,
    29,
    '2-1',
  ],
  [
    'a deadline before the soak is over',
    `${GOOD}rollout: { soak: 2h, deadline: 1h }\n`,
    'config/deadline',
    8,
    32,
    '1h',
  ],
  [
    'a long first wait',
    `${GOOD}rollout: { retries: { backoff: 1h } }\n`,
    'config/retries',
    8,
    32,
    '1h',
  ],
  [
    'a short longest wait',
    `${GOOD}rollout: { retries: { longest: 1s } }\n`,
    'config/retries',
    8,
    32,
    '1s',
  ],
  [
    'a scheduler that is asked all the time',
    `${GOOD}scheduler: { type: slurm, every: 999ms }\n`,
    'config/scheduler-every',
    8,
    34,
    '999ms',
  ],
  [
    'a lock that is taken over too soon',
    `${GOOD}state: { lockTimeout: 9999ms }\n`,
    'config/lock-timeout',
    8,
    23,
    '9999ms',
  ],
  [
    'a gate twice',
    `${GOOD}health: [{ name: a, role: r }, { name: a, role: s }]\n`,
    'config/duplicate-gate',
    8,
    40,
    'a',
  ],
  ['after nobody', environments('a: { after: [c], X }'), 'config/unknown-environment', 9, 16, 'c'],
  ['after itself', environments('a: { after: [a], X }'), 'config/promotion', 9, 16, 'a'],
  ['a circle', environments('a: { after: [b], X }', 'b: { Y }'), 'config/promotion', 9, 3, 'a'],
  [
    'windows of an environment',
    environments('a: { windows: { zone: Olso }, X }'),
    'config/unknown-zone',
    9,
    25,
    'Olso',
  ],
  [
    'a limit of an environment',
    environments('a: { rollout: { capacity: { groups: { x: 1 } } }, X }'),
    'config/unknown-group',
    9,
    41,
    'x',
  ],
  [
    'a deadline of an environment',
    environments('a: { rollout: { deadline: 1m }, X }'),
    'config/deadline',
    9,
    29,
    '1m',
  ],
  [
    'gates of an environment',
    environments('a: { health: [{ name: g, role: r }, { name: g, role: r }], X }'),
    'config/duplicate-gate',
    9,
    47,
    'g',
  ],
  [
    'a controller that is denied',
    `${GOOD}scheduler: { type: slurm, controller: db1 }\n`,
    'config/controller-denied',
    8,
    39,
    'db1',
  ],
  [
    'a controller that is everybody',
    `${GOOD}scheduler: { type: slurm, controller: all }\n`,
    'config/host-name',
    8,
    39,
    'all',
  ],
  [
    'a drain without a scheduler',
    `${GOOD}drain: { atOnce: 1 }\n`,
    'config/no-scheduler',
    8,
    1,
    'drain',
  ],
  [
    'a gate in a visit without a scheduler',
    `${GOOD}health: [{ name: a, role: r, at: [end, visit] }]\n`,
    'config/no-scheduler',
    8,
    40,
    'visit',
  ],
  [
    'a drain of an environment without a scheduler',
    environments('a: { drain: { atOnce: 1 }, X }'),
    'config/no-scheduler',
    9,
    8,
    'drain',
  ],
  [
    'a gate of an environment without a scheduler',
    environments('a: { health: [{ name: a, role: r, at: [visit] }], X }'),
    'config/no-scheduler',
    9,
    42,
    'visit',
  ],
  [
    'short names that fall together',
    `${swap('node[01-06]', 'node[01-06],node0[1-2].b')}scheduler: { type: slurm, names: short }\n`,
    'config/same-node-name',
    5,
    25,
    'node0[1-2].b',
  ],
  [
    'a bad host on a hypervisor',
    `${GOOD}runsOn: { node01: ["node[2-1]"] }\n`,
    'config/host-expression',
    8,
    26,
    '2-1',
  ],
  [
    'an unknown hypervisor',
    `${GOOD}runsOn: { nod01: [node02] }\n`,
    'config/runs-on',
    8,
    11,
    'nod01',
  ],
  [
    'an unknown node on a hypervisor',
    `${GOOD}runsOn: { node01: [node02, node07] }\n`,
    'config/runs-on',
    8,
    28,
    'node07',
  ],
  [
    'a denied node on a hypervisor',
    `${GOOD}runsOn: { node01: [db1] }\n`,
    'config/runs-on',
    8,
    20,
    'db1',
  ],
  [
    'a hypervisor on itself',
    `${GOOD}runsOn: { node01: ["node[01-02]"] }\n`,
    'config/runs-on',
    8,
    21,
    'node[01-02]',
  ],
  [
    'a hypervisor on a hypervisor',
    `${GOOD}runsOn: { node01: [node02], node02: [node03] }\n`,
    'config/runs-on',
    8,
    20,
    'node02',
  ],
  [
    'a node on two hypervisors',
    `${GOOD}runsOn: { node01: [node03], node02: [node03] }\n`,
    'config/runs-on',
    8,
    38,
    'node03',
  ],
  [
    'a canary on a hypervisor that is none',
    `${GOOD}runsOn: { node06: ["node[02-03]"] }\n`,
    'config/runs-on-canary',
    8,
    21,
    'node[02-03]',
  ],
  [
    'a node on the hypervisor of another environment',
    `${environments('a: { X }', 'b: { Y }')}runsOn: { node02: [node01] }\n`,
    'config/runs-on',
    11,
    11,
    'node02',
  ],
  [
    'a hypervisor with a node of another environment',
    `${environments('a: { X }', 'b: { Y }')}runsOn: { node01: [node02] }\n`,
    'config/runs-on',
    11,
    20,
    'node02',
  ],
  [
    'a hypervisor with a node of no environment',
    `${environments('a: { X }')}runsOn: { node01: [node04] }\n`,
    'config/runs-on',
    10,
    20,
    'node04',
  ],
  [
    'denied in the environment',
    `${GOOD}environments: { a: { nodes: { allow: [node01, node02], deny: [node02], canary: [node01] } } }\n`,
    'config/contradiction',
    8,
    63,
    'node02',
  ],
]

for (const [title, rows] of Object.entries({ SYNTAX, FORM, SENSE })) {
  t.test(title.toLowerCase(), async (t) => {
    for (const [name, text, code, line, column, excerpt] of rows) {
      const [first] = problemsOf(text, text.includes('\nenvironments:\n') ? 'a' : undefined)
      t.match(
        first ?? {},
        {
          code,
          where: {
            file: FILE,
            ...(line ? { line, column } : {}),
            ...(excerpt === undefined ? {} : { text: excerpt }),
          },
        },
        name,
      )
      t.ok(first?.message && first.hint, `${name}: says what and what to do`)
      t.ok((first?.where?.text ?? '').length <= 120, `${name}: shows a line at most`)
    }
  })
}

t.test('the example is accepted', async (t) => t.same(problemsOf(GOOD), []))

t.test('a mistyped name gets the known one', async (t) => {
  t.match(problemsOf(swap('  deny:  ', '  denny: '))[0]?.hint, /"deny"/)
  t.match(problemsOf(`${GOOD}changes: { untagged: drian }`)[0]?.hint, /"drain"/)
  t.match(problemsOf(swap('"node[01-06]"', 'node[01-06]'))[0]?.hint, /Quote host expressions/)
  t.match(problemsOf(swap('["db[1-2]"]', '[!db1]'))[0]?.hint, /quote it/)
  t.match(
    problemsOf(`${GOOD}inventory: { groups: { rack: [node02] }, groupVars: { rak: { a: 1 } } }`)[0]
      ?.hint,
    /"rack"/,
  )
})

t.test('one mistake is one problem', async (t) => {
  for (const text of [
    swap('"db[1-2]"', '{file: 5}'),
    swap('"db[1-2]"', '{fil: a}'),
    swap('"db[1-2]"', '17'),
    `${GOOD}failureDomains: { a: node01 }`,
    `${GOOD}failureDomains: { "a b": [node01] }`,
    `${GOOD}rollout: { maxFailed: "5 %" }`,
    `${GOOD}rollout: { waves: [true] }`,
  ]) {
    t.equal(problemsOf(text).length, 1, text.split('\n').at(-1) || text)
  }
})

t.test('many mistakes: each entry has its own, and they are found quickly', async (t) => {
  const list = (count: number): string =>
    Array.from({ length: count }, (_, i) => (i % 9 === 1 ? `{fil: a${i}}` : `"x${i}"`)).join(', ')
  t.same(
    problemsOf(swap('"db[1-2]"', list(30))).map((p) => [p.code, p.where?.text]),
    [1, 10, 19, 28].map(() => ['config/unknown-field', 'fil']),
  )
  const took = spent(() =>
    t.ok(
      problemsOf(swap('"db[1-2]"', `\n    ${list(60_000).replaceAll(', ', ',\n    ')}`)).length >
        100,
    ),
  )
  t.ok(took < 10_000, `${took} ms`)
})

t.test('a line that may hold a secret is not shown', async (t) => {
  const [problem] = problemsOf(`${GOOD}inventory: { vars: { ansible_password: @hunter2 } }\n`)
  t.match(problem, { code: 'config/yaml-syntax', where: { line: 8, column: 40 } })
  t.notMatch(JSON.stringify(problem), /hunter2/)
})

t.test('a contradiction names the nodes, folded, and both places', async (t) => {
  const problems = problemsOf(swap('db[1-2]', 'node[02-04]'))
  t.match(
    problems.map((p) => p.message),
    [
      /^node\[02-04\] are on the deny list, and on the allow list in line 5/,
      /^node02 is on the deny list, and on the canary list in line 7/,
    ],
  )
})

t.test(
  'a node in two environments is told once, and in the same words from both sides',
  async (t) => {
    const text = environments(
      'a: { X }',
      'b: { nodes: { allow: ["node[01-03]"], canary: [node02] } }',
    )
    const expected = [
      {
        code: 'config/shared-node',
        message: 'node01 is in environment "b", and in "a" in line 9',
        where: { line: 10, column: 26 },
      },
    ]
    t.match(problemsOf(text, 'a'), expected)
    t.same(problemsOf(text, 'a'), problemsOf(text, 'b'))
    t.same(problemsOf(environments('a: { X }', 'b: { Y }'), 'a'), [])
  },
)

t.test('what a scheduler makes right', async (t) => {
  const slurm = `${GOOD}scheduler: { type: slurm }\n`
  t.same(
    problemsOf(
      `${slurm}rollout: { capacity: { partitions: { batch: 1 } } }\ndrain: {}\nhealth: [{ name: a, role: r, at: [visit] }]\n`,
    ),
    [],
    'its partitions are known to it alone',
  )
  t.same(problemsOf(`${GOOD}runsOn: { node01: ["node[02-03]"], node04: [node05, node05] }\n`), [])
  t.same(
    problemsOf(
      `${environments('a: { X }', 'b: { nodes: { allow: ["node[02-03]"], canary: [node02] } }')}runsOn: { node02: [node03] }\n`,
      'a',
    ),
    [],
    'hypervisors of another environment',
  )
  for (const role of ['slurm_drain', 'our-drain', 'site.cluster.drain'])
    t.same(problemsOf(slurm.replace('slurm }', `slurm, roles: { drain: ${role} } }`)), [], role)
  for (const controller of ['localhost', '127.0.0.1', 'slurm-ctl.example.org', 'node01'])
    t.same(
      problemsOf(slurm.replace('slurm }', `slurm, controller: ${controller} }`)),
      [],
      controller,
    )
  t.same(
    problemsOf(
      `${swap('node[01-06]', 'node[01-06],node07.a,node08.b')}scheduler: { type: slurm, names: short }\n`,
    ),
    [],
  )
  const many = problemsOf(
    `${swap('"node[01-06]"', `"node[01-06]", ${Array.from({ length: 40 }, (_, i) => `node01.r${i}`).join(', ')}`)}scheduler: { type: slurm, names: short }\n`,
  )
  t.equal(many.length, 10, 'the screen is not flooded')
  t.match(many[0]?.message, /node01\.r0 is called like a node before it \(node01\)/)
})

t.test('a mistake in the scheduler hides no other, and none is made up', async (t) => {
  const codes = (scheduler: string): readonly string[] =>
    checkDeclaration(
      FILE,
      `${GOOD}scheduler: ${scheduler}\ndrain: { atOnce: 1 }\nrollout: { waves: [2, 1] }\n`,
    ).problems.map((p) => p.code)
  t.same(codes('{ type: slurm, every: 30 s }'), ['config/invalid-value', 'config/waves'])
  t.same(codes('5'), ['config/wrong-type', 'config/waves'])
  t.same(codes('{ type: pbs }'), ['config/invalid-value', 'config/waves'])
})

t.test('a time zone that is nearly right', async (t) => {
  const hint = (zone: string) => problemsOf(`${GOOD}windows: { zone: ${zone} }`)[0]?.hint
  t.match(hint('Europe/Olso'), /"Europe\/Oslo"/)
  t.match(hint('melbourne'), /"Australia\/Melbourne"/)
  t.match(hint('middle-earth'), /a region and a city/)
  for (const zone of ['Europe/Oslo', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])
    t.same(problemsOf(`${GOOD}windows: { zone: ${zone} }`), [], zone)
})

t.test('all problems at once, in the order of the file', async (t) => {
  const problems = problemsOf(`schemaVersion: 1
fleet: a b
playbooks: { repo: x }
nodes: { allow: 1, canary: [] }
colour: red
`)
  t.same(
    problems.map((p) => [p.code, p.where?.line]),
    [
      ['config/invalid-value', 2],
      ['config/missing-field', 3],
      ['config/unknown-field', 3],
      ['config/wrong-type', 4],
      ['config/unknown-field', 5],
    ],
  )
  const lists = problemsOf(
    swap('db[1-2]', 'node01').replace('canary: ["node[01-02]"]', 'canary: ["node01", "node09"]'),
  )
  t.same(
    lists.map((p) => p.code),
    ['config/contradiction', 'config/contradiction', 'config/canary-not-allowed'],
  )
})

t.test('a file of another version is judged by its version alone', async (t) => {
  t.same(
    problemsOf('schemaVersion: 7\nwhatever: 1\n').map((p) => p.code),
    ['config/schema-version'],
  )
})

t.test('a bomb of aliases is refused quickly, and honest aliases are not', async (t) => {
  const levels = Array.from(
    { length: 30 },
    (_, i) => `    b${i}: &b${i} [${i === 0 ? 'x, x' : `*b${i - 1}, *b${i - 1}`}]`,
  ).join('\n')
  const took = spent(() =>
    t.match(problemsOf(`${GOOD}inventory:\n  vars:\n${levels}\n`)[0], {
      code: 'config/yaml-alias',
    }),
  )
  t.ok(took < 2_000, `${took} ms`)
  t.same(
    problemsOf(
      `${GOOD}inventory:\n  vars: &v { a: 1 }\n  groups: { rack: [node02] }\n  groupVars: { rack: *v }\n`,
    ),
    [],
  )
})

t.test('usage: environments', async (t) => {
  const two = `${GOOD}environments:\n  test: { nodes: { allow: [node01], canary: [node01] } }\n  prod: { nodes: { allow: [node02], canary: [node02] } }\n`
  t.match(problemsOf(two)[0], { code: 'usage/no-environment', hint: /test, prod/ })
  t.match(problemsOf(two, 'prdo')[0], { code: 'usage/unknown-environment', hint: /"prod"/ })
  t.match(problemsOf(GOOD, 'prod')[0], { code: 'usage/unknown-environment' })
  t.same(problemsOf(two, 'prod'), [])
})

t.test('arguments for ansible-playbook', async (t) => {
  const good = [
    [],
    ['--private-key', '/k'],
    ['--become-password-file=/pw', '-b', '-vv'],
    ['-e', '@vars.yml'],
    ['--extra-vars=@vars.yml'],
    ['--ssh-common-args=-o ProxyJump=x'],
    ['-u', 'root'],
  ]
  for (const args of good) t.same(extraArgFaults(args), [], args.join(' '))
  const bad: readonly (readonly [readonly string[], RegExp])[] = [
    [['--limit', 'x'], /--limit may not/],
    [['--limit=x'], /--limit may not/],
    [['--lim', 'x'], /--lim may not/],
    [['-lx'], /-lx may not/],
    [['-bl', 'x'], /-bl may not/],
    [['-Cv'], /-Cv may not/],
    [['-i', 'x'], /-i may not/],
    [['-t', 'x'], /-t may not/],
    [['--tags', 'x'], /--tags may not/],
    [['--skip-tags', 'x'], /may not/],
    [['--check'], /may not/],
    [['--start-at-task', 'x'], /may not/],
    [['--step'], /may not/],
    [['--list-hosts'], /may not/],
    [['--syntax-check'], /may not/],
    [['-f', '5'], /may not/],
    [['-K'], /may not/],
    [['--'], /may not/],
    [['other.yml'], /one more playbook/],
    [['-b', 'other.yml'], /one more playbook/],
    [['--become=x'], /may not/],
    [['-e', 'password=hunter2'], /everybody on the machine can read/],
    [['--extra-vars=password=hunter2'], /everybody/],
    [['--vault-id', 'prod@/pw'], /may not/],
    [['--vault-password-file=/pw'], /may not/],
    [['--private-key'], /no value/],
    [['--user', '--check'], /no value/],
  ]
  for (const [args, words] of bad) {
    const faults = extraArgFaults(args)
    t.match(faults[0]?.message, words, args.join(' '))
    t.notMatch(JSON.stringify(faults), /hunter2/, 'values are not repeated')
  }
  for (const option of ['--vault-id', '--vault-password-file', '--vault-pass-file', '--vault-i'])
    t.match(extraArgFaults([option, '/pw']), [{ index: 0, hint: /ansible\.vault/ }], option)
  t.equal(
    extraArgFaults(['--user', '--check']).length,
    2,
    'what looks like a value and is an option is judged too',
  )
})

t.test('a slip hides no other: form, lists and policy are told at once, by place', async (t) => {
  const directory = t.testdir({
    'patchrun.yml':
      'schemaVersion: 1\nfleet: demo\nplaybooks: { repository: ./p, playbok: site.yml }\nnodes:\n  allow: ["node[01-06]"]\n  deny: [node02]\n  canary: [node01, node09]\nrollout:\n  waves: ["50%", "10%"]\n  soak: ten\n',
  })
  const error = await readDeclaration(`${directory}/patchrun.yml`).then(
    () => null,
    (e: unknown) => e as PatchrunError,
  )
  t.same(
    error?.problems.map(({ code, where }) => `${where?.line} ${code}`),
    [
      '3 config/unknown-field',
      '6 config/contradiction',
      '7 config/canary-not-allowed',
      '9 config/waves',
      '10 config/invalid-value',
    ],
  )
})

t.test('but what would only follow from an entry that cannot be read is not told', async (t) => {
  const told = async (text: string): Promise<readonly string[] | undefined> => {
    const directory = t.testdir({
      'patchrun.yml': `schemaVersion: 1\nfleet: demo\nplaybooks: { repository: ./p }\n${text}`,
    })
    const error = await readDeclaration(`${directory}/patchrun.yml`).then(
      () => null,
      (e: unknown) => e as PatchrunError,
    )
    return error?.problems.map(({ code, where }) => `${where?.line} ${code}`)
  }
  const rest = (allow: string): string =>
    `nodes:\n  allow: [${allow}]\n  canary: [node01]\nrollout: { soak: ten }\nenvironments:\n  test: { nodes: { allow: [node02], canary: [node02] } }\nrunsOn: { node01: [node03] }\n`
  t.same(await told(rest('"node[01-06"')), ['5 config/host-expression', '7 config/invalid-value'])
  t.same(await told(rest('"node[05-06]"')), [
    '6 config/canary-not-allowed',
    '7 config/invalid-value',
    '9 config/outside-fleet',
    '10 config/runs-on',
    '10 config/runs-on',
  ])
})

t.test('nor does one in the scheduler, of which there is no other kind', async (t) => {
  for (const [scheduler, code] of [
    ['{ type: slurn }', 'invalid-value'],
    ['{ type: 3, every: 5s }', 'invalid-value'],
    ['{ every: 5s }', 'missing-field'],
    ['slurm', 'wrong-type'],
    ['{ typ: slurm }', 'missing-field'],
  ] as const) {
    const directory = t.testdir({
      'patchrun.yml': `schemaVersion: 1\nfleet: demo\nplaybooks: { repository: ./p }\nnodes: { allow: ["node[01-06]"], canary: [node09] }\nscheduler: ${scheduler}\nrunsOn: { node01: [vm1] }\ndrain: { atOnce: 1 }\n`,
    })
    const error = await readDeclaration(`${directory}/patchrun.yml`).then(
      () => null,
      (e: unknown) => e as PatchrunError,
    )
    const told = error?.problems.map((p) => `${p.where?.line} ${p.code}`) ?? []
    for (const wanted of ['4 config/canary-not-allowed', `5 config/${code}`, '6 config/runs-on'])
      t.ok(told.includes(wanted), `${scheduler}: ${wanted} in ${told.join(', ')}`)
    t.notOk(told.includes('7 config/no-scheduler'))
  }
})
