// SPDX-License-Identifier: Apache-2.0
// A real HTTP server that takes webhooks, and behaves as badly as it is told.
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly path: string
  readonly at: number
}

/**
 * What is done with one request: a status with headers, or anything else with the response and its
 * socket.
 */
export type Manner =
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | ((response: ServerResponse, socket: Socket) => void)

export interface Receiver {
  readonly url: string
  readonly received: readonly Received[]
  /** For the requests to come, one each; the last one stays. */
  behave(...manners: readonly [Manner, ...Manner[]]): void
  close(): Promise<void>
}

export async function receiver(): Promise<Receiver> {
  const received: Received[] = []
  const sockets = new Set<Socket>()
  let manners: readonly Manner[] = [200]
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => void (body += text))
    request.on('end', () => {
      received.push({ headers: request.headers, body, path: request.url ?? '', at: Date.now() })
      const [manner = 200, ...rest] = manners
      if (rest.length > 0) manners = rest
      if (typeof manner === 'function') return manner(response, request.socket)
      const { status, headers = {} } = typeof manner === 'number' ? { status: manner } : manner
      response
        .writeHead(status, headers)
        .end(status === 200 ? 'ok' : "what a receiver says is nobody's business")
    })
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/very-secret-path`,
    received,
    behave: (...next) => void (manners = next),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
