// SPDX-License-Identifier: Apache-2.0
// Where the state of each environment lies, from the declaration alone: a pause must work although a list command,
// an inventory or the network does not.
import { dirname, resolve } from 'node:path'
import { chooseEnvironment, environmentsOf } from '../fleet/resolve.js'
import { patchrunSchema } from '../fleet/schema.generated.js'
import { readDeclaration } from './open-fleet.js'
import type { SessionOptions } from './session.js'

export interface Place {
  readonly fleet: string
  readonly environment: string
  readonly stateDirectory: string
}

type Asked = Pick<SessionOptions, 'file' | 'environment'>

/** The environment that was named, or all of them. Throws config/…, usage/unknown-environment. */
export async function placesOf({ file, environment }: Asked): Promise<readonly [Place, ...Place[]]> {
  const declared = await readDeclaration(file)
  const { config } = declared
  const stateDirectory = resolve(dirname(declared.file), config.state?.directory ?? patchrunSchema.definitions.state.properties.directory.default)
  const [first = '', ...more] = environment === undefined ? environmentsOf(declared) : [chooseEnvironment(declared, environment)]
  const place = (name: string): Place => ({ fleet: config.fleet, environment: name, stateDirectory })
  return [place(first), ...more.map(place)]
}

/** The one environment that was named, or that there is. Throws config/…, usage/no-environment, usage/unknown-environment. */
export async function placeOf({ file, environment }: Asked): Promise<Place> {
  const name = environment ?? chooseEnvironment(await readDeclaration(file), undefined)
  return (await placesOf({ file, environment: name }))[0]
}
