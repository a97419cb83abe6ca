// SPDX-License-Identifier: Apache-2.0
// The contract of workload managers, kept by each that there is, and by a small one that is none of
// them; and the steps of a visit.
import t from 'tap'
import { patchrunSchema } from '../../lib/fleet/declare/schema.generated.js'
import { VISIT_STEPS } from '../../lib/workload/contract/visit-steps.js'
import { managerOf } from '../../lib/workload/managers.js'
import { FAKE, writeForFake } from '../support/fake-manager.js'
import { keepsContract } from '../support/manager-contract.js'
import { WRITERS } from '../support/manager-scene.js'

for (const type of patchrunSchema.definitions.scheduler.properties.type.enum)
  t.test(`the manager "${type}"`, (t) => {
    const manager = managerOf({ type })
    t.equal(manager.type, type)
    keepsContract(t, manager, WRITERS[type])
    t.end()
  })

t.test('a manager that has nothing of Slurm', (t) => {
  keepsContract(t, FAKE, writeForFake)
  t.end()
})

t.test('the steps of a visit', async (t) => {
  const first = VISIT_STEPS.findIndex((s) => !s.reversible)
  t.same(
    VISIT_STEPS.map((s) => s.reversible),
    VISIT_STEPS.map((_, i) => i < first),
    'nothing is reversible after the first step that is not',
  )
  t.equal(VISIT_STEPS[first]?.name, 'apply', 'the change itself is the first of these')
})
