// SPDX-License-Identifier: Apache-2.0
// One attempt to deliver: a POST that never throws, and what came of it in words that hold nothing
// of the URL, of the body or of what was answered. Node's own messages may; so only its codes are
// used.
import { request as overHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as overHttps } from 'node:https'
import { urlFault } from '../fleet/declare/notify-problems.js'
import { proxyFor, ProxyError, tunnel } from './proxy.js'

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The whole attempt may take so long, ms. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/**
 * never: it makes no sense to try again. after: the receiver asked for no attempt sooner than that,
 * ms from now; pause: only a person can mend it, so we look again after that.
 */
export type Attempt =
  | { readonly is: 'delivered' }
  | { readonly is: 'never'; readonly why: string }
  | { readonly is: 'later'; readonly why: string; readonly after?: number; readonly pause?: number }

const MOST_READ = 64 * 1024
const READ_FOR = 1_000

/** What only a person can mend is tried again this often, ms. */
export const PAUSE = 60_000

/** `now`: ms since the epoch. */
export async function post(
  { url, headers, body, timeout, signal }: Post,
  now: () => number = Date.now,
): Promise<Attempt> {
  const fault = urlFault(url)
  if (fault !== null) return { is: 'later', why: `its URL ${fault}`, pause: PAUSE }
  const late = AbortSignal.timeout(timeout)
  try {
    const response = await send(
      url,
      {
        ...headers,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'patchrun',
      },
      body,
      AbortSignal.any([late, signal]),
    )
    leave(response)
    return judge(response.statusCode ?? 0, response.headers['retry-after'], now())
  } catch (error) {
    if (late.aborted) return { is: 'later', why: `no answer within ${timeout / 1000} s` }
    if (signal.aborted) return { is: 'later', why: 'no answer before patchrun ended' }
    return { is: 'later', why: reasonOf(error) }
  }
}

async function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const target = new URL(url)
  const proxy = proxyFor(target, process.env)
  const through = proxy === null ? null : await tunnel(proxy, target, signal)
  return new Promise((resolve, reject) => {
    // A connection of its own: one that is kept would keep the process. Beside an agent
    // createConnection would not count.
    const how = {
      method: 'POST',
      headers,
      signal,
      ...(through ? { createConnection: () => through } : { agent: false as const }),
    }
    const call = (target.protocol === 'https:' ? overHttps : overHttp)(target, how, resolve)
    // Also what goes wrong after the answer began: the status was read by then.
    call.on('error', reject)
    call.end(body)
  })
}

/**
 * The status says it all. What else is answered is let pass for a moment, so that the receiver is
 * not cut off, and looked at by nobody.
 */
function leave(response: IncomingMessage): void {
  let size = 0
  response.on('error', () => undefined)
  response.on('data', (piece: Buffer) => {
    size += piece.length
    if (size > MOST_READ) response.destroy()
  })
  response.socket.unref()
  setTimeout(() => response.destroy(), READ_FOR).unref()
}

function judge(status: number, retryAfter: string | undefined, now: number): Attempt {
  if (status >= 200 && status < 300) return { is: 'delivered' }
  const why = `HTTP ${status}`
  if (status >= 300 && status < 400)
    return { is: 'never', why: `${why}: it leads elsewhere, where nothing is sent` }
  if (status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429)
    return { is: 'never', why }
  const after = retryAfter === undefined ? undefined : waitOf(retryAfter, now)
  return { is: 'later', why, ...(after !== undefined && { after }) }
}

/** Seconds, or a date of HTTP; anything else says nothing. */
export function waitOf(retryAfter: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000
  if (!/^[A-Za-z]{3,9},? /.test(retryAfter)) return undefined
  const date = Date.parse(retryAfter)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed without an answer',
  ENOTFOUND: 'nobody knows the name of its host',
  EAI_AGAIN: 'the name of its host could not be looked up',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its host',
  ETIMEDOUT: 'its host gave no answer',
  EPIPE: 'the connection was closed without an answer',
}

function reasonOf(error: unknown): string {
  if (error instanceof ProxyError) return error.why
  const { code } = error as { readonly code?: unknown }
  // Several addresses were tried: each has its own reason, and they are mostly alike.
  const first =
    code ??
    (error as { readonly errors?: readonly { readonly code?: unknown }[] }).errors?.[0]?.code
  if (typeof first !== 'string' || !/^[A-Z][A-Z0-9_]{1,60}$/.test(first))
    return 'it could not be sent'
  if (first.startsWith('HPE_')) return `what was answered is no HTTP (${first})`
  if (/CERT|TLS|SSL|SIGNATURE|ISSUER/.test(first))
    return `its certificate is not to be trusted (${first})`
  return REASONS[first] ?? `it could not be sent (${first})`
}
