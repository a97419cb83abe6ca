// SPDX-License-Identifier: Apache-2.0
import { buildInventory } from '../../ansible/call/inventory-json.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT, PatchrunError } from '../../errors.js'
import { stringifyExact } from '../../fleet/yaml/exact-numbers.js'
import { sessionOptions } from '../call/context.js'
import type { Context, VerbAction } from '../call/context.js'

/**
 * Speaks as Ansible expects an inventory script to: plain JSON on stdout, whatever the other
 * options say.
 */
export const inventory: VerbAction = async (context, call) => {
  const { host, list } = call.options
  if (host !== undefined && list === true) {
    throw new PatchrunError({
      code: 'usage/list-or-host',
      message: '--list and --host exclude each other',
      hint: 'Ask for the whole inventory, or for the variables of one node.',
    })
  }
  const session = await openSession(sessionOptions(context, call))
  const fleet = await session.observe()
  if (typeof host !== 'string') {
    print(context, buildInventory(fleet))
    return EXIT.reached
  }
  const node = fleet.nodes.find((n) => n.name === host)
  if (!node) {
    const why = fleet.denied.includes(host)
      ? 'is on the deny list'
      : `is not among the ${fleet.nodes.length} permitted nodes of ${fleet.environment}`
    throw new PatchrunError({
      code: 'usage/unknown-node',
      message: `${host} ${why}`,
      hint: '`patchrun inventory --list` shows the nodes.',
    })
  }
  print(context, node.vars)
  return EXIT.reached
}

const print = ({ io }: Context, document: unknown): void =>
  void io.stdout.write(`${stringifyExact(document, 2)}\n`)
