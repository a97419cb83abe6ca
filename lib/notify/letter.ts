// SPDX-License-Identifier: Apache-2.0
// What is posted to one target: where to, with which headers, which body.
import type { Fleet, NotifyTarget, SecretSource } from '../fleet/declare/fleet.js'
import type { Message } from '../rollout/index.js'
import { notificationOf } from './notification.js'
import type { Post } from './post.js'
import { signedHeaders } from './sign.js'
import { slackBody } from './slack.js'

export type Letter = Pick<Post, 'url' | 'headers' | 'body'>

/**
 * `open`: opens a secret, `what` being what people call it. `now`: ms since the epoch. Throws what
 * `open` throws.
 */
export async function letterFor(
  message: Message,
  fleet: Fleet,
  { name, to }: NotifyTarget,
  open: (source: SecretSource, what: string) => Promise<string>,
  now: number,
): Promise<Letter> {
  const notification = notificationOf(message, fleet)
  const theUrl = `the URL of the target ${name}`
  if ('slack' in to)
    return {
      url: await open(to.slack, theUrl),
      headers: {},
      body: JSON.stringify(slackBody(notification, fleet.policy.timing.zone)),
    }
  const url = typeof to.url === 'string' ? to.url : await open(to.url, theUrl)
  const body = JSON.stringify(notification)
  return {
    url,
    headers: {
      ...signedHeaders(
        notification.id,
        now,
        body,
        await open(to.secret, `the key of the target ${name}`),
      ),
    },
    body,
  }
}
