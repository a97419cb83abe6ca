// SPDX-License-Identifier: Apache-2.0
// The store of an environment: files in the state directory, or refs of a remote.
import { refPart } from '../../fleet/names/ref-name.js'
import { fileStore } from '../../store/file-store.js'
import { gitStore } from '../../store/git/git-store.js'
import type { Store } from '../../store/store.js'
import { layoutOf } from './layout.js'
import type { Place } from './places.js'

type Asked = Pick<Place, 'environment' | 'stateDirectory' | 'stateRemote' | 'lockTimeout'>

/** One process, one store of each environment: what it fetched it does not fetch again. */
const stores = new Map<string, Store>()

export function storeOf({ environment, stateDirectory, stateRemote, lockTimeout }: Asked): Store {
  const layout = layoutOf({ stateDirectory, environment })
  if (!stateRemote) return fileStore(layout, lockTimeout)
  const key = JSON.stringify([environment, stateDirectory, stateRemote, lockTimeout])
  const known = stores.get(key)
  if (known) return known
  const store = gitStore({
    ...stateRemote,
    environment: refPart(environment),
    directory: layout.remote,
    timeout: lockTimeout,
  })
  stores.set(key, store)
  return store
}
