// SPDX-License-Identifier: Apache-2.0
import type { TextOptions } from './paint.js'
import { nodeGroupsText } from './text-detect.js'
import type { PlanReport } from './types.js'
import { count, durationText, nodesText, pinText, timeText } from './words.js'

/** What a run would do, wave by wave, and below it what led to that. */
export function planText({ fleet, environment, pin, policy, tags, waves, nodes, expected, hold, fits, file }: PlanReport, options: TextOptions): string {
  const { paint, zone } = options
  const lines = [`${paint.strong(`${fleet} (${environment})`)} at ${pinText(pin)}`]
  if (hold) lines.push(paint.warn(`would wait: ${hold.text}${hold.until === undefined ? '' : `, until ${timeText(hold.until, zone)}`}`))
  else if (fits !== undefined) lines.push(paint.warn(`a change fits next at ${timeText(fits, zone)}`))
  lines.push(paint.faint(`a node is expected to take ${durationText(expected.visit)} (${expected.measured ? 'measured' : 'as declared'})`))
  waves.forEach(({ name, nodes: total, before, good, apply, waitForDrain, fail, expected: time }, i) => {
    const part = (list: readonly string[], mark: (s: string) => string, words: string): string[] => (list.length > 0 ? [`  ${mark(`${list.length} ${words}`)}: ${nodesText(list)}`] : [])
    lines.push(
      '',
      `${paint.strong(name)}, ${count(total, 'node')}${apply.length > 0 && time > 0 ? `, about ${durationText(time)}` : ''}`,
      ...(before.length > 0 ? [paint.faint(`  first: ${before.join('; ')}`)] : []),
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
  if (file !== undefined) lines.push('', `Kept in ${file}: ${options.command} run --plan ${file}`)
  return `${lines.join('\n')}\n`
}
