// SPDX-License-Identifier: Apache-2.0
// Which releases of Slurm were tried: those that docs/usage/drain.md names. Pure.

/** With how much of the laboratory's tests: all of them, or those of what a Slurm decides. */
export const SLURM_TRIED: Readonly<Record<string, string>> = {
  '22.05': 'by every full run of the tests',
  '24.11': 'by every full run of the tests in part, and once by all of the laboratory',
  '26.05': 'once by all of the laboratory',
}

/**
 * What the tests say of a scheduler, in words: `Slurm 24.11.5, tried …`; undefined where it says
 * nothing of itself, or is no Slurm.
 */
export function slurmStanding(software: string | undefined): string | undefined {
  const version = /^Slurm (\d+\.\d+)/.exec(software ?? '')?.[1]
  if (software === undefined || version === undefined) return undefined
  const how = SLURM_TRIED[version]
  return how === undefined
    ? `${software}, not tried: ${Object.keys(SLURM_TRIED).join(', ')} were`
    : `${software}, tried ${how}`
}
