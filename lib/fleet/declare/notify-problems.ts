// SPDX-License-Identifier: Apache-2.0
// What is wrong with targets although their form is right.
import type { Problem } from '../../errors.js'
import type { Notify } from './config.generated.js'
import { withoutText } from './schema-words.js'
import { escapePointer, type Located } from '../yaml/yaml-source.js'

/** The URL itself is not repeated: it may hold a secret. */
export function notifyProblems(
  notify: Notify | undefined,
  pointer: string,
  places: Located,
): Problem[] {
  return Object.entries(notify ?? {}).flatMap(([name, { slack, webhook }]): Problem[] => {
    const at = `${pointer}/${escapePointer(name)}`
    if ((slack === undefined) === (webhook === undefined)) {
      return [
        {
          code: 'config/notify-target',
          message: `the target "${name}" is ${slack ? 'both slack and webhook' : 'neither slack nor webhook'}`,
          hint: 'Give it one of the two; a second one gets a name of its own.',
          where: places.place(at, 'key'),
        },
      ]
    }
    const why = typeof webhook?.url === 'string' ? urlFault(webhook.url) : null
    return why === null
      ? []
      : [
          withoutText({
            code: 'config/notify-url',
            message: `the URL of the target "${name}" ${why}`,
            hint: 'Write a whole https URL; http is taken for this machine only (127.0.0.1, [::1], localhost). One that holds a secret comes from { env: NAME } or { file: PATH }.',
            where: places.place(`${at}/webhook/url`),
          }),
        ]
  })
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/

/** Why nothing is posted to this URL; null: it may be. */
export function urlFault(text: string): string | null {
  if (!URL.canParse(text)) return 'is none'
  const { protocol, hostname, username, password } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') return 'is no https URL'
  if (username !== '' || password !== '') return 'has a user or a password in it'
  return protocol === 'http:' && !LOOPBACK.test(hostname)
    ? 'is http, which anybody on the way can read'
    : null
}
