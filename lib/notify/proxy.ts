// SPDX-License-Identifier: Apache-2.0
// The way out of a site that has one: a tunnel through the HTTP proxy that the environment names,
// as curl and git read it.
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The proxy for this URL; null: none, the way is straight. Only what is encrypted goes over one.
 */
export function proxyFor({ protocol, hostname, port }: URL, env: Env): string | null {
  const proxy = env['https_proxy'] || env['HTTPS_PROXY'] || ''
  if (protocol !== 'https:' || proxy === '') return null
  const spared = (env['no_proxy'] || env['NO_PROXY'] || '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  const isSpared = spared.some((entry) => {
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? []
    if (only !== undefined && only !== (port || '443')) return false
    const suffix = name.replace(/^\*?\./, '')
    return name === '*' || hostname === suffix || hostname.endsWith(`.${suffix}`)
  })
  return isSpared ? null : proxy.includes('://') ? proxy : `http://${proxy}`
}

/** What the proxy answered instead of a tunnel. */
export class ProxyError extends Error {
  constructor(readonly why: string) {
    super(why)
  }
}

/**
 * An encrypted connection to the host of `target`, through the proxy: which sees the host's name,
 * and nothing of what is sent.
 */
export async function tunnel(
  proxy: string,
  { hostname, port }: URL,
  signal: AbortSignal,
): Promise<TLSSocket> {
  if (!URL.canParse(proxy) || new URL(proxy).protocol !== 'http:')
    throw new ProxyError('the proxy that HTTPS_PROXY names is no http URL')
  const { hostname: host, port: at, username, password } = new URL(proxy)
  const authority = `${hostname}:${port || '443'}`
  const who = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const headers = {
    host: authority,
    ...(username !== '' && {
      'proxy-authorization': `Basic ${Buffer.from(who).toString('base64')}`,
    }),
  }
  const socket = await new Promise<Socket>((resolve, reject) => {
    const call = request({
      host: bare(host),
      port: at || '80',
      method: 'CONNECT',
      path: authority,
      headers,
      agent: false,
      signal,
    })
    call.once('connect', (response, through) => {
      if (response.statusCode === 200) return resolve(through)
      through.destroy()
      reject(new ProxyError(`the proxy answered HTTP ${String(response.statusCode)}`))
    })
    call.on('error', reject)
    call.end()
  })
  const name = bare(hostname)
  return connect({ socket, host: name, ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }) })
}

/** An address of IPv6 without its brackets. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')
