// SPDX-License-Identifier: Apache-2.0
// What the words of Slurm say of a node: by example, as releases 22.05, 24.11 and 26.05 print them,
// and as the page has it.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { RULES, STATES } from '../../lib/workload/slurm/node-states.js'
import { readSchedulerReport } from '../../lib/workload/slurm/read-report.js'
import { isForeign } from '../../lib/workload/contract/node-use.js'
import type { NodeUse } from '../../lib/workload/contract/node-use.js'
import { useOf } from '../../lib/workload/slurm/use.js'

const PREFIX = 'patchrun hpc/prod '
const OURS = `${PREFIX}r7-0123abcd 0123456789ab`

interface Node {
  readonly state: string
  readonly reason?: string
  readonly job?: true
}

interface Surroundings {
  readonly maintained?: readonly string[]
  readonly tested?: readonly string[]
  readonly reservations?: 'join' | 'leave'
}

/**
 * Each node is looked at beside the others; `maintained`: in a maintenance reservation together;
 * `tested`: in one for a test job of ours, too.
 */
function uses(
  nodes: Readonly<Record<string, Node>>,
  { maintained = [], tested = [], reservations = 'join' }: Surroundings = {},
): Readonly<Record<string, NodeUse>> {
  const read = readSchedulerReport(
    {
      version: 1,
      nodes: Object.entries(nodes).map(([name, { state, reason = '', job }]) => ({
        name,
        state: state.split('+'),
        reason,
        cpus: 2,
        allocated: job ? 1 : 0,
      })),
      jobs: Object.entries(nodes).flatMap(([name, { job }]) =>
        job
          ? [
              {
                id: name,
                user: 'anna',
                state: 'RUNNING',
                nodes: [name],
                start: 1,
                limit: 60,
                end: 61,
                cpus: 1,
              },
            ]
          : [],
      ),
      ...(maintained.length > 0 && {
        reservations: [
          { name: 'maint_1', nodes: maintained, flags: ['MAINT', 'SPEC_NODES'] },
          { name: 'course', nodes: maintained, flags: ['SPEC_NODES'] },
          ...tested.map((node) => ({
            name: `patchrun_${node}`,
            nodes: [node],
            flags: ['MAINT', 'SPEC_NODES'],
          })),
        ],
      }),
    },
    1_000_000,
  )
  if (typeof read === 'string') throw new Error(read)
  return Object.fromEntries(
    Object.keys(nodes).map((name) => [
      name,
      useOf(read, name, PREFIX, { reservations }) as NodeUse,
    ]),
  )
}

/** "out ours empty", and what a visit makes of it. */
const said = (use: NodeUse): string =>
  [
    use.out ? 'out' : 'in',
    ...(use.ours ? ['ours'] : []),
    ...(isForeign(use) ? ['left'] : []),
    ...(use.out || use.drainable ? [] : ['not drained']),
    use.empty ? 'empty' : 'busy',
  ].join(' ')

t.test('state by state', async (t) => {
  const cases: readonly (readonly [Node, string])[] = [
    [{ state: 'IDLE' }, 'in empty'],
    [{ state: 'MIXED', job: true }, 'in busy'],
    [{ state: 'IDLE', job: true }, 'in busy'],
    [{ state: 'IDLE+COMPLETING' }, 'in busy'],
    [{ state: 'IDLE+PLANNED' }, 'in empty'],
    [{ state: 'IDLE+RESERVED' }, 'in empty'],
    [{ state: 'IDLE+DYNAMIC_NORM' }, 'in empty'],
    [{ state: 'IDLE+DRAIN', reason: OURS }, 'out ours empty'],
    [{ state: 'MIXED+DRAIN', reason: OURS, job: true }, 'out ours busy'],
    [{ state: 'IDLE+DRAIN', reason: 'fan' }, 'out left empty'],
    [{ state: 'DOWN+DRAIN+NOT_RESPONDING', reason: `${OURS} : Not responding` }, 'out ours empty'],
    [{ state: 'DOWN+NOT_RESPONDING', reason: `${OURS} : Not responding` }, 'out left empty'],
    [{ state: 'IDLE', reason: OURS }, 'in empty'],
    [{ state: 'DOWN', reason: OURS }, 'out left empty'],
    [{ state: 'IDLE+FAIL' }, 'out left empty'],
    [{ state: 'IDLE+NOT_RESPONDING' }, 'out left empty'],
    [
      {
        state: 'IDLE+DRAIN+INVALID_REG',
        reason: 'gres/gpu count reported lower than configured (0 < 2)',
      },
      'out left empty',
    ],
    [{ state: 'IDLE+DRAIN+INVALID_REG', reason: OURS }, 'out ours empty'],
    [{ state: 'IDLE+DRAIN+REBOOT_REQUESTED', reason: OURS }, 'out ours busy'],
    [{ state: 'DOWN+DRAIN+REBOOT_ISSUED', reason: `${OURS} : reboot issued` }, 'out ours busy'],
    [{ state: 'IDLE+DRAIN', reason: `${OURS} : reboot issued` }, 'out ours empty'],
    [{ state: 'DOWN+REBOOT_ISSUED', reason: 'firmware, Bob : reboot issued' }, 'out left busy'],
    [{ state: 'IDLE+BLOCKED' }, 'out left empty'],
    [{ state: 'IDLE+CLOUD+POWERED_DOWN' }, 'in not drained empty'],
    [{ state: 'MIXED+CLOUD+POWERED_DOWN', job: true }, 'in not drained busy'],
    [{ state: 'IDLE+POWERING_DOWN' }, 'in not drained empty'],
    [{ state: 'DOWN+POWERED_DOWN' }, 'out left empty'],
    [{ state: 'IDLE+DRAIN+POWERED_DOWN', reason: 'fan' }, 'out left empty'],
    [{ state: 'EXTERNAL' }, 'in not drained empty'],
    [{ state: 'IDLE+SOMETHING_NEW' }, 'in empty'],
  ]
  for (const [node, expected] of cases) {
    const use = uses({ n: node })['n'] as NodeUse
    t.equal(said(use), expected, `${node.state} ${node.reason ?? ''}`)
  }
})

t.test('maintenance reservations of the site', async (t) => {
  const both = {
    a: { state: 'IDLE+MAINTENANCE+RESERVED' },
    b: { state: 'IDLE+MAINTENANCE+RESERVED' },
  }
  const of = (
    nodes: Readonly<Record<string, Node>>,
    options: Parameters<typeof uses>[1],
  ): string[] => Object.values(uses(nodes, options)).map(said)
  t.same(
    of(both, { maintained: ['a', 'b'] }),
    ['in empty', 'in empty'],
    'they take no room before they are drained',
  )
  t.same(of(both, { maintained: ['a', 'b'], reservations: 'leave' }), [
    'out left empty',
    'out left empty',
  ])
  t.same(
    of(
      { ...both, b: { state: 'MIXED+MAINTENANCE+RESERVED', job: true } },
      { maintained: ['a', 'b'] },
    ),
    ['out left empty', 'out left busy'],
    "somebody's job is in it",
  )
  t.same(
    of(
      { ...both, b: { state: 'MIXED+MAINTENANCE+RESERVED', job: true } },
      { maintained: ['a', 'b'], tested: ['b'] },
    ),
    ['in empty', 'out left busy'],
    "a test job of ours is not somebody's",
  )
  t.same(
    of(
      { ...both, b: { state: 'MIXED+MAINTENANCE+RESERVED', job: true } },
      { maintained: ['a', 'b'], tested: ['a'] },
    ),
    ['out left empty', 'out left busy'],
    'tested is another one',
  )
  t.same(
    of({ ...both, b: { state: 'MIXED+MAINTENANCE+RESERVED', job: true } }, {}),
    ['in empty', 'out left busy'],
    'a role that tells no reservations',
  )
  t.same(
    of({ a: { state: 'IDLE+DRAIN+MAINTENANCE', reason: 'fan' } }, { maintained: ['a'] }),
    ['out left empty'],
    'drained by somebody all the same',
  )
})

t.test('what people read', async (t) => {
  const text = (node: Node): string => {
    const use = uses({ n: node })['n'] as NodeUse
    return use.standing
  }
  t.match(
    text({ state: 'IDLE+CLOUD+POWERED_DOWN' }),
    /idle\+cloud\+powered_down: it sleeps to save power/,
  )
  t.match(text({ state: 'IDLE+BLOCKED' }), /a job has its block of nodes for itself/)
  t.equal(text({ state: 'DOWN', reason: 'no power' }), 'down, and not by patchrun: "no power"')
  t.equal(
    text({ state: 'DOWN', reason: `${OURS} : Not responding` }),
    'down, and not by patchrun, with the reason of an earlier drain',
  )
  t.equal(
    uses({ n: { state: 'IDLE+DRAIN+INVALID_REG', reason: 'Low RealMemory' } })['n']?.refused,
    'Slurm has taken the node out (IDLE+DRAIN+INVALID_REG): Low RealMemory',
  )
  t.equal(uses({ n: { state: 'IDLE+DRAIN', reason: 'Low RealMemory' } })['n']?.refused, null)
})

t.test(
  'the page has every word, in the order in which they hold, and says the same of it',
  async (t) => {
    const page = readFileSync(resolve(import.meta.dirname, '../../../docs/usage/drain.md'), 'utf8')
    const rows = page
      .split('\n')
      .filter((line) => /^\| `[A-Z]/.test(line))
      .map((line) =>
        line
          .split('|')
          .slice(1, 5)
          .map((cell) => cell.trim()),
      )
    const wordsOf = (cell = ''): string[] =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word)
    t.same(rows.flatMap(([words]) => wordsOf(words)).sort(), Object.keys(STATES).sort())
    t.same(
      rows.map(([words]) => STATES[wordsOf(words)[0] ?? '']),
      Object.keys(RULES),
      'the gravest first',
    )
    for (const [words = '', serves, counts, drainable] of rows) {
      for (const word of wordsOf(words)) {
        const rule = RULES[STATES[word] ?? 'serving']
        const [leaves, joins] = [counts === 'with `leave`', drainable === 'with `join`']
        t.same(
          [serves, leaves ? true : counts === 'yes', joins ? false : drainable === 'yes'],
          [rule.serves ? 'yes' : 'no', rule.counts, rule.drainable],
          word,
        )
      }
    }
  },
)
