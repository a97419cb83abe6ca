// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { holds } from '../support/property.js'
import { share } from '../support/size.js'
import fc from 'fast-check'
import { buildInventory } from '../../lib/ansible/call/inventory-json.js'
import { PatchrunError } from '../../lib/errors.js'
import type { Declaration } from '../../lib/fleet/declare/config.generated.js'
import { foldHosts } from '../../lib/fleet/names/host-fold.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import type { SourceInventory } from '../../lib/fleet/lists/source-inventory.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'

const HOSTS = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'm1', 'm2']
const some = fc.subarray(HOSTS)
/**
 * Each host on at most one of the lists, most of the time: contradictions have a property of their
 * own.
 */
const lists = fc.record({
  allow: some,
  deny: some,
  canary: some,
  groups: fc.dictionary(fc.constantFrom('g1', 'g2', 'g3'), some),
  limit: some,
  honest: fc.boolean(),
})

function declaration({
  allow,
  deny,
  canary,
  groups,
}: {
  allow: string[]
  deny: string[]
  canary: string[]
  groups: Record<string, string[]>
}): Declaration {
  // One entry folded, the others one by one, so that both ways come in.
  const entries = (names: string[]): string[] =>
    names.length > 3 ? [foldHosts(names.slice(2)), ...names.slice(0, 2)] : names
  return {
    schemaVersion: 1,
    fleet: 'x',
    playbooks: { repository: '/p' },
    nodes: { allow: entries(allow), deny: entries(deny), canary: entries(canary) },
    inventory: {
      source: 'hosts',
      groups,
      hostVars: Object.fromEntries(HOSTS.map((name) => [name, { of: `var-${name}` }])),
    },
  }
}

/** Everything is in the source inventory, the denied hosts too. */
const source: SourceInventory = {
  groups: new Map([
    ['all', { hosts: [], children: ['s1', 'ungrouped'], vars: {} }],
    ['s1', { hosts: HOSTS, children: ['s2'], vars: {} }],
    ['s2', { hosts: HOSTS.slice(0, 4), children: [], vars: {} }],
  ]),
  hostVars: new Map(HOSTS.map((name) => [name, { from: `source-${name}` }])),
}

t.test('a fleet holds what is allowed and not denied, or nothing is started', async (t) => {
  let opened = 0
  let refused = 0
  holds(
    t,
    fc.property(lists, (input) => {
      const deny = input.honest
        ? input.deny.filter((n) => !input.allow.includes(n) && !input.canary.includes(n))
        : input.deny
      const canary = input.honest
        ? input.canary.filter((n) => input.allow.includes(n))
        : input.canary
      const config = declaration({ ...input, deny, canary })
      const expectRefusal =
        input.allow.length === 0 ||
        canary.length === 0 ||
        deny.some((n) => input.allow.includes(n) || canary.includes(n)) ||
        canary.some((n) => !input.allow.includes(n))
      try {
        const fleet = resolveFleet(parseDeclaration('/x/patchrun.yml', JSON.stringify(config)), {
          lists: new Map(),
          inventory: source,
        })
        opened += 1
        const names = fleet.nodes.map((n) => n.name)
        const text = JSON.stringify(buildInventory(fleet))
        const part = JSON.stringify(buildInventory(fleet, input.limit))
        const absent = (name: string, where: string): boolean =>
          !where.includes(`"${name}"`) && !where.includes(`-${name}"`)
        return (
          !expectRefusal &&
          [...names].sort().join() === [...input.allow].sort().join() &&
          fleet.nodes.filter((n) => n.canary).every((n) => canary.includes(n.name)) &&
          HOSTS.every((name) => input.allow.includes(name) || absent(name, text)) &&
          deny.every((name) => absent(name, text)) &&
          HOSTS.every(
            (name) => (input.limit.includes(name) && names.includes(name)) === !absent(name, part),
          )
        )
      } catch (error) {
        if (!(error instanceof PatchrunError)) throw error
        refused += 1
        return (
          expectRefusal &&
          error.exitCode === 3 &&
          error.problems.every((p) => p.where?.line === 1 && p.hint !== '')
        )
      }
    }),
    { numRuns: share(2000, 500) },
  )
  t.ok(
    Math.min(opened, refused) > share(2000, 500) / 20,
    `both ways came up (${opened} opened, ${refused} refused)`,
  )
})

t.test('a denied node is in no inventory, even if a fleet were put together wrongly', async (t) => {
  holds(
    t,
    fc.property(some, some, fc.option(some, { nil: undefined }), (present, denied, wanted) => {
      const nodes = present.map((name) => ({
        name,
        canary: false,
        groups: ['g'],
        vars: { me: `v-${name}` },
        domains: [],
        partitions: [],
        runsOn: null,
        scheduler: 'default',
      }))
      const text = JSON.stringify(
        buildInventory({ nodes, denied, groupVars: {}, groupChildren: { g: [] } }, wanted),
      )
      return denied.every((name) => !text.includes(`"${name}"`) && !text.includes(`v-${name}"`))
    }),
    { numRuns: share(1000, 250) },
  )
})

t.test('hypervisors: one that holds at every level, or nothing is started', async (t) => {
  let opened = 0
  let refused = 0
  const hosting = fc.dictionary(fc.constantFrom(...HOSTS), fc.subarray(HOSTS, { maxLength: 3 }), {
    maxKeys: 2,
  })
  holds(
    t,
    fc.property(
      fc.subarray(HOSTS, { minLength: 5 }),
      fc.subarray(HOSTS, { minLength: 1, maxLength: 2 }),
      hosting,
      (allow, canary, runsOn) => {
        const early = canary.filter((n) => allow.includes(n))
        fc.pre(early.length > 0)
        const pairs = Object.entries(runsOn).flatMap(([name, guests]) =>
          guests.map((guest) => [name, guest] as const),
        )
        const expectRefusal =
          Object.keys(runsOn).some((name) => !allow.includes(name)) ||
          pairs.some(
            ([name, guest]) =>
              !allow.includes(guest) ||
              Object.hasOwn(runsOn, guest) ||
              (early.includes(guest) && !early.includes(name)) ||
              pairs.some(([other, same]) => same === guest && other !== name),
          )
        const config = { ...declaration({ allow, deny: [], canary: early, groups: {} }), runsOn }
        try {
          const { nodes } = resolveFleet(
            parseDeclaration('/x/patchrun.yml', JSON.stringify(config)),
            { lists: new Map(), inventory: source },
          )
          opened += 1
          return (
            !expectRefusal &&
            nodes.every(
              (n) => n.runsOn === (pairs.find(([, guest]) => guest === n.name)?.[0] ?? null),
            )
          )
        } catch (error) {
          if (!(error instanceof PatchrunError)) throw error
          refused += 1
          return (
            expectRefusal &&
            error.problems.every(
              (p) => p.code.startsWith('config/runs-on') && p.where?.line === 1 && p.hint !== '',
            )
          )
        }
      },
    ),
    { numRuns: share(1000, 250) },
  )
  t.ok(
    Math.min(opened, refused) > share(1000, 250) / 20,
    `both ways came up (${opened} opened, ${refused} refused)`,
  )
})

t.test(
  'any text is a declaration or a list of problems in the file, never a fault of ours',
  async (t) => {
    const seed =
      'schemaVersion: 1\nfleet: demo\nplaybooks: { repository: ./p }\nnodes: { allow: ["n[1-3]", {file: x}], canary: [n1] }\nrollout: { waves: [1, "50%"] }\nscheduler: { type: slurm, controller: c1 }\ndrain: { atOnce: 10% }\nrunsOn: { n1: ["n[2-3]"] }\n'
    const change = fc.record({
      at: fc.nat({ max: seed.length }),
      remove: fc.nat({ max: 8 }),
      put: fc.oneof(
        fc.constantFrom(
          '[',
          ']',
          '{',
          '}',
          ':',
          '\n',
          ' ',
          '&a',
          '*a',
          '!x ',
          '"',
          "'",
          '#',
          '|',
          '- ',
          '? ',
          '<<',
          '\t',
          '~',
          '9',
        ),
        fc.string({ maxLength: 3 }),
      ),
    })
    holds(
      t,
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let text = seed
        for (const { at, remove, put } of changes)
          text = text.slice(0, at) + put + text.slice(at + remove)
        try {
          parseDeclaration('/x/patchrun.yml', text)
          return true
        } catch (error) {
          if (!(error instanceof PatchrunError)) throw error
          const lines = text.split('\n')
          return error.problems.every(
            (p) =>
              p.code.startsWith('config/') &&
              p.where?.file === '/x/patchrun.yml' &&
              (p.where.line ?? 1) <= lines.length &&
              (p.where.column ?? 1) >= 1,
          )
        }
      }),
      { numRuns: share(3000, 600) },
    )
  },
)
