// SPDX-License-Identifier: Apache-2.0
// Ends patchrun at a step of a visit: the environment in which the command is killed at the first
// such write of its journal.
import { fileURLToPath } from 'node:url'

const PRELOAD = fileURLToPath(new URL('../../support/kill-at.js', import.meta.url))
export const STAGES = ['drain', 'apply', 'reboot', 'verify', 'release'] as const
export type Stage = (typeof STAGES)[number]

export interface Moment {
  readonly says: string
  readonly at: (stage: Stage) => Readonly<Record<string, string>>
}

const env = (mode: string, on: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import ${PRELOAD}`,
  PATCHRUN_TEST_KILL: `${mode}:1`,
  PATCHRUN_TEST_KILL_ON: on,
})

export const INTENDED: Moment = {
  says: 'intended, and nothing has followed',
  at: (stage) => env('synced', `"type":"intended".*"action":"${stage}"`),
}
export const DONE: Moment = {
  says: 'done, and the outcome is not in the journal',
  at: (stage) => env('before', `"type":"concluded".*"step":"[^"]*${stage}"`),
}
