// SPDX-License-Identifier: Apache-2.0
// What `patchrun gitlab` writes: the includes of the component, or a child pipeline with a job for
// each environment and wave.
import { dump } from 'js-yaml'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { planWaves } from '../../rollout/index.js'
import { withInputs } from './gitlab-component.js'
import type { Component, Inputs, Job } from './gitlab-component.js'

export interface Pipeline {
  readonly component: Component
  /** Path of patchrun.yml, as the jobs find it. */
  readonly config: string
  readonly inputs: Inputs
  /** In the order in which they are declared. */
  readonly fleets: readonly Fleet[]
}

const yaml = (value: unknown): string => dump(value, { lineWidth: -1, noRefs: true })

/** One include an environment, each after those it is promoted from. */
export function includesText({ config, inputs, fleets }: Pipeline, address: string): string {
  const include = fleets.map(({ environment, policy: { approval, promotion } }) => ({
    component: address,
    inputs: {
      environment,
      ...(config !== 'patchrun.yml' && { config }),
      approval: approval.includes('wide'),
      ...(promotion.after.length > 0 && {
        needs: promotion.after.flatMap((name) =>
          ['wide', 'pick-up'].map((job) => ({ job: `${name}:${job}`, optional: true })),
        ),
      }),
      ...inputs,
    },
  }))
  return yaml({ include })
}

/**
 * Jobs that are left out of the component's: a child pipeline is started by the rules of its
 * parent.
 */
export function childText({ component, config, inputs, fleets }: Pipeline): string {
  const jobs: Record<string, unknown> = {}
  const last = new Map<string, string>()
  for (const fleet of fleets) {
    const { environment, policy } = fleet
    const own = withInputs(component, { ...inputs, environment, config })
    for (const [name, job] of Object.entries(own))
      if (name.startsWith('.') && !name.endsWith('-check') && name !== '.patchrun-git')
        jobs[name] = job
    let needs: readonly string[] = policy.promotion.after.flatMap((name) => last.get(name) ?? [])
    const add = (
      name: string,
      like: 'canary' | 'approve' | 'wide',
      script?: (line: string) => string,
    ): void => {
      const {
        rules: _rules,
        script: lines,
        ...job
      } = own[`${environment}:${like}`] as Job & { readonly script: readonly string[] }
      jobs[`${environment}:${name}`] = {
        ...job,
        ...(like === 'approve' && { when: 'manual', allow_failure: false }),
        needs,
        script: script ? lines.map(script) : lines,
      }
      needs = [`${environment}:${name}`]
    }
    const waves = planWaves(fleet.nodes, policy, null).filter((w) => w.index > 0)
    if (policy.approval.includes('start')) {
      // An approval is given to a rollout that is open.
      add('open', 'canary', (line) => line.replace(/--wait "[^"]*"/, '--once'))
      add('approve start', 'approve')
    }
    add('canary', 'canary')
    if (policy.approval.includes('wide') && waves.length > 0) add('approve', 'approve')
    for (const { index } of waves) {
      if (policy.approval.includes('waves')) add(`approve wave ${index}`, 'approve')
      const isLast = index === waves.at(-1)?.index
      add(`wave ${index}`, isLast ? 'wide' : 'canary', (line) =>
        line.replace('--until-wave canary', `--until-wave ${index}`),
      )
    }
    last.set(environment, needs[0] ?? '')
  }
  return yaml(jobs)
}
