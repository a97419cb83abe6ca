// SPDX-License-Identifier: Apache-2.0
// What a rollout in a job of GitLab stands on.
import { relative } from 'node:path'
import { PatchrunError } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { Io } from '../call/context.js'

/**
 * The directory of a job is wiped before the next one begins. A rollout that is forgotten would be
 * begun anew by each job, and nobody's approval or pause would hold. Throws config/state-not-kept.
 */
export function requireKeptState(
  { stateDirectory, stateRemote }: Pick<Fleet, 'stateDirectory' | 'stateRemote'>,
  { env }: Pick<Io, 'env'>,
): void {
  const { GITLAB_CI: job, CI_PROJECT_DIR: project } = env
  // In refs of a repository it is kept, and the directory holds nothing that is not fetched again.
  if (job !== 'true' || !project || stateRemote) return
  const from = relative(project, stateDirectory)
  if (from === '..' || from.startsWith('../')) return
  throw new PatchrunError({
    code: 'config/state-not-kept',
    message: `the state would lie in ${stateDirectory}, within the directory of the job, and be gone with it`,
    hint: 'Declare one that outlives the job: state: { directory: /var/lib/patchrun/NAME }, on a runner that keeps it, or on a volume; or let it lie in refs of a repository: state: { git: {} }.',
  })
}
