// SPDX-License-Identifier: Apache-2.0
// When a node is GOOD, by example: what a look says is not enough where something has to run, was
// not done to its end, or is owed.
import t from 'tap'
import { decide, nodeState, replay } from '../../lib/rollout/index.js'
import type {
  JournalEvent,
  NodeOutcome,
  NodeState,
  StepAction,
  TaskRef,
} from '../../lib/rollout/index.js'
import { nodeOf, policyOf, worldFor } from '../support/policy.js'
import { stepKind } from '../support/step-kind.js'

const by = { user: 'op', host: 'adm', pid: 1 }
const opened = (rollout: string, sha = 'c'): JournalEvent => ({
  type: 'opened',
  at: 0,
  rollout,
  kind: 'forward',
  pin: { sha: sha.repeat(40), ref: 'main', subject: '' },
  previous: null,
  limit: null,
  by,
})
const task: TaskRef = {
  task: 'Configuration',
  action: 'copy',
  tags: ['HotChange'],
  file: 'site.yml',
  line: 4,
}
const handler: TaskRef = {
  task: 'Restart',
  action: 'service',
  tags: ['HotChange'],
  file: 'site.yml',
  line: 9,
}
const fails = {
  cause: 'failed',
  message: 'no such service',
  task: 'Start',
  file: 'main.yml',
  line: 12,
} as const

let number = 0
function step(action: StepAction, outcome: NodeOutcome, full = false): JournalEvent[] {
  const id = `s${++number}`
  return [
    {
      type: 'intended',
      at: number,
      step: id,
      ...stepKind(action, full ? { full } : {}),
      wave: 0,
      nodes: ['n1'],
      forks: 1,
    },
    { type: 'concluded', at: number, step: id, tasks: [task, handler], nodes: { n1: outcome } },
  ]
}
type Told = readonly (JournalEvent | readonly JournalEvent[])[]
const after = (...events: Told): NodeState => {
  const { current } = replay([opened('r1'), ...events.flat<Told>()])
  if (!current) throw new Error('no rollout')
  return nodeState(current, 'n1')
}
const stage = (...events: Told): string => after(...events).stage
const ok: NodeOutcome = { applied: 'ok', changed: true }
const good: NodeOutcome = { verdict: 'GOOD' }
const hot: NodeOutcome = { verdict: 'HOT', changes: [0] }

t.test('a failed apply is done once more, whatever a look says', async (t) => {
  const failed = [
    step('detect', hot),
    step('apply', { applied: 'failed', failure: fails, owed: [1] }),
  ]
  t.equal(stage(...failed), 'failed')
  t.match(
    after(...failed, step('detect', good)),
    { stage: 'hot', unfinished: { mode: 'hot', owed: [handler] } },
    'nothing is left to change, and it is not done',
  )
  t.equal(
    stage(...failed, { type: 'retried', at: 9, by, nodes: null }, step('detect', good)),
    'hot',
    'a retry forgets nothing of it',
  )
  const again = [...failed, step('detect', good), step('apply', { applied: 'ok' })]
  t.equal(stage(...again, step('verify', good)), 'good')
  t.match(
    after(
      ...failed,
      step('detect', good),
      step('apply', { applied: 'ok', owed: [1] }),
      step('verify', good),
    ),
    {
      stage: 'failed',
      failure: {
        cause: 'not-converged',
        task: 'Restart',
        line: 9,
        message: /"Restart" was notified at this commit and has not run/,
      },
    },
    'a handler that nothing notifies again is named',
  )
  t.equal(
    stage(
      [opened('r2')],
      step('detect', hot),
      step('apply', { applied: 'failed', failure: fails, owed: [1] }),
      { type: 'closed', at: 9, reason: 'x' },
      opened('r3'),
      step('detect', good),
    ),
    'hot',
    'nor does another rollout of the same commit',
  )
  t.equal(
    stage(
      step('detect', hot),
      step('apply', { applied: 'failed', failure: fails }),
      { type: 'closed', at: 9, reason: 'x' },
      opened('r3', 'd'),
      step('detect', good),
    ),
    'good',
    'one of another commit begins anew',
  )
})

t.test('an apply that was cut off, or whose outcome is lost, may owe any handler', async (t) => {
  t.match(
    after(step('detect', hot), step('apply', { applied: 'cut', owed: [1] }), step('detect', good)),
    { stage: 'hot', unfinished: { owed: null } },
  )
  const [intent] = step('apply', { applied: 'absent' })
  t.match(
    after(
      step('detect', hot),
      intent as JournalEvent,
      { type: 'resumed', at: 9, by },
      step('detect', good),
    ),
    { stage: 'hot', unfinished: { mode: 'hot', owed: null } },
  )
  t.equal(
    after(step('detect', hot), step('apply', { applied: 'absent' }), step('detect', good)).stage,
    'good',
    'one that never began owes nothing',
  )
  t.match(
    after(
      step('detect', hot),
      step('apply', { applied: 'cut' }),
      step('detect', good),
      step('apply', { applied: 'failed', failure: fails, owed: [1] }),
    ),
    { unfinished: { owed: null } },
    'what was unknown stays so',
  )
})

t.test('what cannot be foreseen runs once at a commit', async (t) => {
  const blind: NodeOutcome = { ...good, blindSpots: [0], unforeseen: 'HOT' }
  t.equal(stage(step('detect', blind)), 'hot')
  const ran = [step('detect', blind), step('apply', { applied: 'ok' }), step('verify', blind)]
  t.equal(stage(...ran), 'good')
  t.equal(
    stage(...ran, { type: 'finished', at: 9 }, opened('r2'), step('detect', blind)),
    'good',
    'nor again in another rollout of it',
  )
  t.equal(
    stage(...ran, { type: 'finished', at: 9 }, opened('r2', 'd'), step('detect', blind)),
    'hot',
    'and again at another',
  )
  t.equal(stage(step('detect', { ...good, unforeseen: 'DRAIN' })), 'drain')
  t.equal(stage(step('detect', { ...hot, unforeseen: 'DRAIN' })), 'drain', 'one visit for both')
  t.equal(
    stage(step('detect', hot), step('apply', ok), step('verify', { ...good, unforeseen: 'DRAIN' })),
    'drain',
    'a Hot run has not run it',
  )
  t.equal(
    stage(
      step('detect', { ...hot, unforeseen: 'HOT' }),
      step('apply', { applied: 'failed', failure: fails }),
      step('detect', { ...good, unforeseen: 'HOT' }),
    ),
    'hot',
  )
})

t.test('beyond check mode', async (t) => {
  const beyond: NodeOutcome = { ...hot, beyond: fails }
  t.match(after(step('detect', beyond)), { stage: 'hot', beyond: fails, failures: 0 })
  t.equal(stage(step('detect', beyond), step('apply', ok), step('verify', good)), 'good')
  t.equal(
    stage(step('detect', beyond), step('apply', ok), step('verify', beyond)),
    'hot',
    'once more, as long as an apply changes something',
  )
  t.match(
    after(step('detect', beyond), step('apply', { applied: 'ok' }), step('verify', beyond)),
    { stage: 'failed', failure: fails },
    'check mode fails again after an apply that changed nothing',
  )
  const often = Array.from({ length: 3 }, () => [...step('apply', ok), ...step('verify', beyond)])
  t.match(
    after(step('detect', beyond), ...often),
    { stage: 'failed', failure: fails },
    'not for ever',
  )
  t.match(
    after(step('detect', beyond), step('apply', ok), step('verify', hot)),
    { stage: 'failed', failure: { cause: 'not-converged' } },
    'seen to the end it must be done',
  )
  t.equal(after(step('detect', beyond), step('apply', ok), step('verify', good)).beyond, undefined)
  t.match(
    after(step('detect', beyond), step('apply', { applied: 'cut', meetsDrain: true })),
    { stage: 'drain', unfinished: { owed: null }, failures: 0 },
    'the guard met a DrainChange',
  )
})

t.test('an apply that is owed is decided like any other', async (t) => {
  const { current } = replay([
    opened('r1'),
    ...step('detect', { ...good, blindSpots: [0], unforeseen: 'HOT' }),
  ])
  if (!current) throw new Error('no rollout')
  const world = worldFor(current, [nodeOf('n1', { canary: true })], { policy: policyOf() })
  t.match(decide(world).actions, [{ do: 'apply', nodes: ['n1'] }])
  t.match(decide({ ...world, pause: { by, at: 0, scope: 'environment' } }).actions, [])
})
