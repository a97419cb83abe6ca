// SPDX-License-Identifier: Apache-2.0
import { hostname, userInfo } from 'node:os'
import type { Actor } from '../../rollout/index.js'

/** Who acts: the person or job behind this process, as the system knows it. */
export const describeActor = (): Actor => ({
  user: userInfo().username,
  host: hostname(),
  pid: process.pid,
})
