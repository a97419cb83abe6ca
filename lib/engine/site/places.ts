// SPDX-License-Identifier: Apache-2.0
// Where the state of each environment lies, from the declaration alone: a pause must work although
// a list command, an inventory or the network does not.
import { chooseEnvironment, environmentsOf } from '../../fleet/policy/resolve-fleet.js'
import { statePlaceOf } from '../../fleet/policy/state-place.js'
import type { StatePlace } from '../../fleet/policy/state-place.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { readDeclaration } from './open-fleet.js'
import type { SessionOptions } from './session.js'

export interface Place extends StatePlace {
  readonly fleet: string
  readonly environment: string
}

export const placeOfFleet = ({
  name,
  environment,
  stateDirectory,
  stateRemote,
  lockTimeout,
}: Fleet): Place => ({ fleet: name, environment, stateDirectory, stateRemote, lockTimeout })

type Asked = Pick<SessionOptions, 'file' | 'environment'>

/** The environment that was named, or all of them. Throws config/…, usage/unknown-environment. */
export async function placesOf({
  file,
  environment,
}: Asked): Promise<readonly [Place, ...Place[]]> {
  const declared = await readDeclaration(file)
  const state = statePlaceOf(declared)
  const [first = '', ...more] =
    environment === undefined
      ? environmentsOf(declared)
      : [chooseEnvironment(declared, environment)]
  const place = (name: string): Place => ({
    fleet: declared.config.fleet,
    environment: name,
    ...state,
  })
  return [place(first), ...more.map(place)]
}

/**
 * The one environment that was named, or that there is. Throws config/…, usage/no-environment,
 * usage/unknown-environment.
 */
export async function placeOf({ file, environment }: Asked): Promise<Place> {
  const name = environment ?? chooseEnvironment(await readDeclaration(file), undefined)
  return (await placesOf({ file, environment: name }))[0]
}
