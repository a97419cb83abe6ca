// SPDX-License-Identifier: Apache-2.0
// Where the state of each environment lies, from the declaration alone: a pause must work although a list command,
// an inventory or the network does not.
import { dirname, resolve } from 'node:path'
import { parseDuration } from '../fleet/duration.js'
import { chooseEnvironment, environmentsOf } from '../fleet/resolve.js'
import { patchrunSchema } from '../fleet/schema.generated.js'
import type { Fleet } from '../fleet/types.js'
import { readDeclaration } from './open-fleet.js'
import type { SessionOptions } from './session.js'

export interface Place {
  readonly fleet: string
  readonly environment: string
  readonly stateDirectory: string
  /** ms without a sign of life after which a holder of the lock is taken over. */
  readonly lockTimeout: number
}

export const placeOfFleet = ({ name, environment, stateDirectory, lockTimeout }: Fleet): Place => ({ fleet: name, environment, stateDirectory, lockTimeout })

type Asked = Pick<SessionOptions, 'file' | 'environment'>

/** The environment that was named, or all of them. Throws config/…, usage/unknown-environment. */
export async function placesOf({ file, environment }: Asked): Promise<readonly [Place, ...Place[]]> {
  const declared = await readDeclaration(file)
  const { config } = declared
  const { directory, lockTimeout: timeout } = patchrunSchema.definitions.state.properties
  const stateDirectory = resolve(dirname(declared.file), config.state?.directory ?? directory.default)
  const lockTimeout = parseDuration(config.state?.lockTimeout ?? timeout.default)
  const [first = '', ...more] = environment === undefined ? environmentsOf(declared) : [chooseEnvironment(declared, environment)]
  const place = (name: string): Place => ({ fleet: config.fleet, environment: name, stateDirectory, lockTimeout })
  return [place(first), ...more.map(place)]
}

/** The one environment that was named, or that there is. Throws config/…, usage/no-environment, usage/unknown-environment. */
export async function placeOf({ file, environment }: Asked): Promise<Place> {
  const name = environment ?? chooseEnvironment(await readDeclaration(file), undefined)
  return (await placesOf({ file, environment: name }))[0]
}
