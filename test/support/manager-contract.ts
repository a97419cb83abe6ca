// SPDX-License-Identifier: Apache-2.0
// What every workload manager must do, whatever its roles tell and however: the core and the engine
// trust it with that. The right answers come from the scene, and not from the manager.
import fc from 'fast-check'
import type { Test } from 'tap'
import type { NodeUse, Seen } from '../../lib/workload/contract/node-use.js'
import type { Manager, Report, RoleWord } from '../../lib/workload/contract/manager.js'
import { drainReason, reasonPrefix } from '../../lib/workload/contract/reason.js'
import { endOfDrain, endOfRelease } from '../../lib/workload/contract/visit-end.js'
import type { Scene, SceneNode, SceneOccupant, WriteScene } from './manager-scene.js'
import { holds } from './property.js'

const AT = 1_800_000_000_000
const MIN = 60_000
const PREFIX = reasonPrefix('hpc', 'prod')
const OURS = drainReason('hpc', 'prod', 'r1', 'a'.repeat(40))

const occupant = (id: string, end: number | null = AT + 9 * MIN): SceneOccupant => ({
  id,
  user: 'anna',
  start: AT - MIN,
  end,
})

/** One node in each of the situations that matter, and two that are not the fleet's. */
const NODES: readonly SceneNode[] = [
  { name: 'idle', partition: 'batch', boot: 1_700_000_000 },
  { name: 'busy', occupants: [occupant('7'), occupant('8', AT + 20 * MIN)] },
  { name: 'endless', occupants: [occupant('9', null)] },
  { name: 'ours', drained: true, reason: OURS },
  { name: 'ours-busy', drained: true, reason: OURS, occupants: [occupant('10')] },
  { name: 'theirs', drained: true, reason: 'fan is broken' },
  { name: 'theirs-busy', drained: true, reason: 'fan', occupants: [occupant('11')] },
  { name: 'unsaid', drained: true, reason: '' },
  { name: 'next', drained: true, reason: drainReason('hpc', 'prod2', 'r1', 'a'.repeat(40)) },
  { name: 'refused', drained: true, refused: true, reason: 'gpu count too low' },
  { name: 'stranger', drained: true, reason: 'not of this fleet' },
  { name: 'outsider' },
]
const OTHERS = ['stranger', 'outsider']
const FLEET = [...NODES.map((n) => n.name).filter((n) => !OTHERS.includes(n)), 'unknown']

class Case {
  constructor(
    readonly manager: Manager,
    readonly write: WriteScene,
  ) {}

  read(scene: Scene, at = AT): Report {
    const report = this.manager.read(JSON.parse(JSON.stringify(this.write(scene))), at)
    if (typeof report === 'string') throw new Error(report)
    return report
  }

  seen = (report: Report): Seen =>
    this.manager.seen(report, {
      nodes: FLEET,
      names: 'full',
      prefix: PREFIX,
      reservations: 'leave',
    })

  use = (scene: Scene, node: string): NodeUse | null =>
    this.manager.useOf(this.read(scene), node, PREFIX)

  /** What comes of a step, given the word of the role and what is so. */
  end(action: 'drain' | 'release', result: string, node: Omit<SceneNode, 'name'>): unknown {
    const scene = { nodes: [{ name: 'n', ...node }], words: { n: { result, message: 'm' } } }
    const report = this.read(scene)
    const evidence = {
      word: report.results['n'] as RoleWord,
      use: this.manager.useOf(report, 'n', PREFIX),
    }
    return action === 'drain' ? endOfDrain(evidence).drained : endOfRelease(evidence).released
  }
}

export function keepsContract(t: Test, manager: Manager, write: WriteScene): void {
  const it = new Case(manager, write)
  situations(t, it)
  occupants(t, it)
  ends(t, it)
  laterReports(t, it)
  hostileReports(t, it)
  const { name, occupant: kind, shownBy, giveBack } = manager.words
  t.ok(name && kind && shownBy, 'it has words for people')
  t.ok(giveBack('n[1-3]').includes('n[1-3]'), 'a command to give nodes back names them')
}

function situations(t: Test, it: Case): void {
  const { uses, others, at } = it.seen(it.read({ nodes: NODES }))
  const marks = Object.fromEntries(
    [...uses].map(([node, use]) => [
      node,
      [
        ...(['empty', 'draining', 'ours', 'out', 'drainable', 'inService'] as const).filter(
          (mark) => use[mark],
        ),
        ...(use.refused === null ? [] : ['refused']),
      ].join(' '),
    ]),
  )
  t.equal(at, AT)
  t.same(
    marks,
    {
      idle: 'empty drainable inService',
      busy: 'drainable inService',
      endless: 'drainable inService',
      ours: 'empty draining ours out',
      'ours-busy': 'draining ours out',
      theirs: 'empty draining out',
      'theirs-busy': 'draining out',
      unsaid: 'empty draining out',
      next: 'empty draining out',
      refused: 'empty draining out refused',
    },
    'what each node is in use for; one that is not known has no use',
  )
  t.same([...others.keys()].sort(), [...OTHERS].sort(), 'its other nodes, by its own names')
  t.ok(others.get('stranger')?.out && !others.get('outsider')?.out, 'and whether they are out')
  t.same(uses.get('idle')?.partitions, ['batch'])
  t.equal(uses.get('idle')?.boot, 1_700_000_000)
  t.match(uses.get('refused')?.refused, /gpu count too low/, 'its own words for a refusal')
  t.match(uses.get('theirs')?.standing, /fan is broken/, 'why a node is left alone')
  t.match(uses.get('theirs')?.shown, /fan is broken/)
  const places = [...uses.values()].map((u) => u.place)
  t.equal(new Set(places).size, places.length, 'each has a place of its own in its list')
}

function occupants(t: Test, it: Case): void {
  const { uses } = it.seen(it.read({ nodes: NODES }))
  const busy = uses.get('busy')
  t.same(busy?.occupants.map((o) => o.id).sort(), ['7', '8'])
  t.equal(busy?.occupants[0]?.user, 'anna')
  t.equal(busy?.emptyBy, AT + 20 * MIN, 'the last end counts')
  t.equal(uses.get('endless')?.emptyBy, null, 'one without an end has none')
  t.equal(uses.get('idle')?.emptyBy, AT)
  t.equal(uses.get('idle')?.expected, AT)
  for (const [node, { emptyBy, expected, idle, empty }] of uses) {
    t.ok(
      expected >= AT && expected <= (emptyBy ?? Infinity),
      `${node} is expected empty by its end`,
    )
    t.ok(idle >= 0 && (!empty || idle === 0), `${node} idles for no less than nothing`)
  }
  t.equal(it.manager.occupants(it.read({ nodes: NODES })), 5)
}

/** The word of a role alone proves nothing. */
function ends(t: Test, it: Case): void {
  const work = { occupants: [occupant('7')] }
  const ours = { drained: true, reason: OURS } as const
  const theirs = { drained: true, reason: 'fan' } as const
  const drains: readonly (readonly [string, Omit<SceneNode, 'name'>, string])[] = [
    ['drained', ours, 'empty'],
    ['drained', { ...ours, ...work }, 'busy'],
    ['drained', {}, 'unclear'],
    ['drained', theirs, 'unclear'],
    ['foreign', theirs, 'foreign-empty'],
    ['foreign', { ...theirs, ...work }, 'foreign'],
    ['foreign', ours, 'unclear'],
    ['outrun', work, 'outrun'],
    ['outrun', ours, 'unclear'],
    ['failed', ours, 'failed'],
    ['whatever', ours, 'unclear'],
  ]
  for (const [result, node, wanted] of drains)
    t.equal(it.end('drain', result, node), wanted, `drain ${result}: ${JSON.stringify(node)}`)
  const releases: readonly (readonly [string, Omit<SceneNode, 'name'>, string])[] = [
    ['released', {}, 'ok'],
    ['released', work, 'ok'],
    ['released', ours, 'unclear'],
    ['released', theirs, 'foreign'],
    ['foreign', theirs, 'foreign'],
    ['foreign', {}, 'foreign'],
    ['foreign', ours, 'unclear'],
    ['waiting', ours, 'waiting'],
    ['failed', ours, 'failed'],
    ['released', { drained: true, refused: true, reason: 'gpu count too low' }, 'failed'],
    ['', {}, 'unclear'],
  ]
  for (const [result, node, wanted] of releases)
    t.equal(it.end('release', result, node), wanted, `release ${result}: ${JSON.stringify(node)}`)
}

function laterReports(t: Test, it: Case): void {
  const { manager } = it
  const whole = it.read({ nodes: NODES })
  const before = JSON.stringify(manager.freeze(whole))
  const part = it.read(
    {
      nodes: [
        { name: 'busy', drained: true, reason: OURS, occupants: [occupant('8', AT + 20 * MIN)] },
      ],
      words: { busy: { result: 'drained', message: '' } },
    },
    AT + MIN,
  )
  const merged = it.seen(manager.merge(whole, part))
  t.equal(JSON.stringify(manager.freeze(whole)), before, 'the first report is as it was')
  t.equal(merged.at, AT, 'what was not told anew is as old as it was')
  t.same(
    merged.uses.get('busy')?.occupants.map((o) => o.id),
    ['8'],
    'what ended is gone',
  )
  t.ok(merged.uses.get('busy')?.ours, 'the part counts')
  const shapes = ({ uses, others }: Seen): unknown =>
    [...uses, ...others].map(([node, { expected: _e, idle: _i, ...use }]) => [node, use])
  const first = it.seen(whole)
  for (const node of FLEET.filter((n) => n !== 'busy'))
    t.equal(merged.uses.get(node)?.shown, first.uses.get(node)?.shown, `${node} is as it was`)
  t.same([...merged.others.keys()], [...first.others.keys()])
  t.same(manager.merge(whole, part).results, {}, 'words of a role are of its own step')
  const thawed = manager.thaw(JSON.parse(JSON.stringify(manager.freeze(whole))))
  t.same(shapes(it.seen(thawed)), shapes(first), 'another process reads the same, but for guesses')
}

/** A site may bring roles of its own. */
function hostileReports(t: Test, it: Case): void {
  const { manager, write } = it
  for (const data of [null, 7, 'text', [], {}])
    t.equal(typeof manager.read(data, AT), 'string', `${JSON.stringify(data)} is no report`)
  holds(
    t,
    fc.property(fc.anything(), fc.nat({ max: 20 }), (value, place) => {
      const data = JSON.parse(JSON.stringify(write({ nodes: NODES }))) as Record<string, unknown>
      const keys = Object.keys(data)
      data[keys[place % keys.length] as string] = value
      for (const read of [manager.read(data, AT), manager.read(value, AT)])
        if (typeof read !== 'string') it.seen(read)
    }),
    { numRuns: 500 },
  )
}
