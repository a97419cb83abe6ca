// SPDX-License-Identifier: Apache-2.0
// Signatures as Standard Webhooks has them (https://www.standardwebhooks.com): HMAC-SHA256 over id,
// time and body, so that a receiver knows who sent it, that nobody changed it, and how old it is.
import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

export interface Signed {
  readonly 'webhook-id': string
  /** s since the epoch, of this attempt. */
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/** `now`: ms since the epoch. */
export function signedHeaders(id: string, now: number, body: string, secret: string): Signed {
  const time = String(Math.floor(now / 1000))
  const signature = createHmac('sha256', keyOf(secret))
    .update(`${id}.${time}.${body}`)
    .digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` }
}

/**
 * What begins with whsec_ is base64, as the libraries of Standard Webhooks have it; anything else
 * is taken as it stands.
 */
export const keyOf = (secret: string): Buffer =>
  secret.startsWith(PREFIX)
    ? Buffer.from(secret.slice(PREFIX.length), 'base64')
    : Buffer.from(secret)
