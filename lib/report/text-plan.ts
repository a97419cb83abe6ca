// SPDX-License-Identifier: Apache-2.0
import type { TextOptions } from './paint.js'
import { nodeGroupsText } from './text-detect.js'
import type { PlanReport } from './types.js'
import { count, durationText, nodesText, pinText } from './words.js'

/** What a run would do, wave by wave, and below it what led to that. */
export function planText({ fleet, environment, pin, policy, tags, waves, nodes }: PlanReport, options: TextOptions): string {
  const { paint } = options
  const lines = [`${paint.strong(`${fleet} (${environment})`)} at ${pinText(pin)}`]
  waves.forEach(({ name, nodes: total, good, apply, waitForDrain, fail }, i) => {
    const part = (list: readonly string[], mark: (s: string) => string, words: string): string[] => (list.length > 0 ? [`  ${mark(`${list.length} ${words}`)}: ${nodesText(list)}`] : [])
    lines.push(
      '',
      `${paint.strong(name)}, ${count(total, 'node')}`,
      ...part(fail, paint.bad, 'would fail'),
      ...part(waitForDrain, paint.warn, 'would wait for a drain'),
      ...part(apply, paint.strong, `would be changed (${tags.join(', ')})`),
      ...part(good, paint.good, 'GOOD already'),
    )
    if (i === 0 && waves.length > 1) lines.push(paint.faint(`  then a soak of ${durationText(policy.soak)}`))
  })
  const first = waves[0]
  if (first && first.fail.length > 0) lines.push('', paint.bad('The rollout would halt in its first wave.'))
  lines.push(...nodeGroupsText(nodes, options))
  return `${lines.join('\n')}\n`
}
