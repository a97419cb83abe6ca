// SPDX-License-Identifier: Apache-2.0
// A person says that nodes were given back by hand: taken only where no scheduler can do it, and
// that is known.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { layoutOf } from '../../lib/engine/site/layout.js'
import type { Session } from '../../lib/engine/site/session.js'
import { systemClock } from '../../lib/engine/step/progress.js'
import { release } from '../../lib/engine/verbs/release.js'
import { startKey } from '../../lib/engine/visit/visit-launch.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { replay } from '../../lib/rollout/index.js'
import { FileJournal, readState } from '../../lib/store/journal/journal.js'
import { takeLock } from '../../lib/store/lock/lock.js'
import { SLURM } from '../../lib/workload/slurm/manager.js'
import { writeForSlurm } from '../support/manager-scene.js'
import type { SceneNode } from '../support/manager-scene.js'
import {
  AT,
  declare,
  drainedBy,
  EVENTS,
  MOVED,
  open,
  OURS,
  RENAMED,
  TWO,
} from '../support/two-schedulers.js'

const GONE = TWO.replace('"b[1-2]"', 'b2').replaceAll('right', 'east')

/** What that scheduler said last, as another process left it. */
function keep(fleet: Fleet, name: string, nodes: readonly SceneNode[], at: number): void {
  const workload = SLURM.read(writeForSlurm({ nodes }), at)
  if (typeof workload === 'string') throw new Error(workload)
  const directory = join(dirname(layoutOf(fleet).runs), 'schedulers', name)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'workload.json'), JSON.stringify(SLURM.freeze(workload)))
}

t.test('only where it is known that no scheduler can do it', async (t) => {
  const directory = t.testdir()
  const at = (schedulers: string): Fleet => ({ ...open('', schedulers), stateDirectory: directory })
  let declared = at(GONE)
  const session = {
    options: { file: 'patchrun.yml' },
    observe: async () => declared,
  } as unknown as Session
  const lock = await takeLock(layoutOf(declared).lock, AT)
  const journal = await FileJournal.open(layoutOf(declared).journal, lock)
  for (const event of drainedBy('right')) await journal.append(event)
  await journal.close()
  await lock.release()
  const clock = { ...systemClock, now: () => AT + 1_000 }
  const said = (byHand: boolean, node = 'b1'): Promise<unknown> =>
    release(session, node, { clock, byHand }).then(
      (report) => report,
      (error: unknown) => error,
    )
  const refused = (message: RegExp): object => ({
    problems: [{ code: 'usage/not-drained', message }],
  })

  declared = at(TWO)
  t.match(await said(true), refused(/^b1: the scheduler right is declared, and gives it back/))
  t.match(await said(true, 'b2'), refused(/^b2: not drained by patchrun/))

  declared = at(RENAMED)
  t.match(await said(true), refused(/^b1: .* has not been asked since/), 'it may be that one')
  keep(declared, 'east', [{ name: 'b1' }], AT - 60_000)
  t.match(await said(true), refused(/^b1: .* has not been asked since/), 'nor long ago')
  keep(declared, 'east', [{ name: 'b1', ...OURS }], AT)
  t.match(await said(true), refused(/^b1: the scheduler east shows its drain/))

  const without = at(TWO)
  declared = { ...without, nodes: without.nodes.filter((n) => n.name !== 'b1') }
  t.match(await said(false), refused(/^b1: not in rollout r1/), 'off the lists, and declared')
  t.match(await said(true), refused(/^b1: the scheduler right is declared/))

  declared = at(GONE)
  t.match(
    await said(false),
    refused(/^b1: the scheduler right that drained it is not declared any more.*--by-hand/),
    'without that word it is none',
  )
  const reported = await said(true)
  t.match(reported, { nodes: ['b1'], environments: [{ taken: 'now' }] })
  const after = (await readState(layoutOf(declared).journal)).current?.nodes.get('b1')
  t.ok(after)
  t.equal(after?.held, undefined, 'the journal has it')
})

t.test('a visit that was started ahead is that of its scheduler', async (t) => {
  const { current } = replay(EVENTS)
  t.ok(current)
  if (!current) return
  const key = (node: string, fleet: Fleet): string =>
    startKey(node, { fleet, checkout: '/srv/checkout' }, current)
  t.not(key('b1', open('', MOVED)), key('b1', open()), 'a node that moved has another one')
  t.equal(
    key('b1', open()),
    key('b1', declare(`${TWO}rollout: { soak: 0s, waves: ["100%"] }\ndrain: { atOnce: "100%" }\n`)),
  )
})
