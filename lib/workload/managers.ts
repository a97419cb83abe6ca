// SPDX-License-Identifier: Apache-2.0
// The workload managers that there are.
import type { Scheduler } from '../fleet/declare/fleet.js'
import type { Manager } from './contract/manager.js'
import { SLURM } from './slurm/manager.js'

const MANAGERS: Readonly<Record<Scheduler['type'], Manager>> = { slurm: SLURM }

export const managerOf = ({ type }: Pick<Scheduler, 'type'>): Manager => MANAGERS[type]
