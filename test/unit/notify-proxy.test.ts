// SPDX-License-Identifier: Apache-2.0
// Over TLS, straight and through a real proxy, to a real server with a certificate that is trusted,
// or not.
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer as createProxy } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:https'
import { connect } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { proxyFor } from '../../lib/notify/proxy.js'

t.test('which proxy, for whom', async (t) => {
  const of = (url: string, env: Record<string, string>): string | null =>
    proxyFor(new URL(url), env)
  const proxy = { HTTPS_PROXY: 'http://proxy:3128' }
  t.equal(of('https://hooks.slack.com/x', {}), null)
  t.equal(of('https://hooks.slack.com/x', proxy), 'http://proxy:3128')
  t.equal(
    of('https://hooks.slack.com/x', { https_proxy: 'proxy:8080', HTTPS_PROXY: 'http://other' }),
    'http://proxy:8080',
  )
  t.equal(of('http://127.0.0.1/x', proxy), null, 'what is not encrypted goes nowhere else')
  for (const spared of [
    'hooks.slack.com',
    'slack.com',
    '.slack.com',
    '*.slack.com',
    '*',
    'a, SLACK.com',
    'slack.com:443',
  ])
    t.equal(of('https://hooks.slack.com/x', { ...proxy, NO_PROXY: spared }), null, spared)
  for (const other of ['lack.com', 'slack.com.example', 'slack.com:8443', ''])
    t.equal(
      of('https://hooks.slack.com/x', { ...proxy, no_proxy: other }),
      'http://proxy:3128',
      other,
    )
})

const hasOpenssl = (() => {
  try {
    return execFileSync('openssl', ['version']).length > 0
  } catch {
    return false
  }
})()

t.test(
  'through it, and straight',
  hasOpenssl ? {} : { skip: 'no openssl to make a certificate with' },
  async (t) => {
    const dir = t.testdir()
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
      ],
      { stdio: 'ignore' },
    )
    const bodies: string[] = []
    const server = createServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (request, response) => {
        let body = ''
        request
          .setEncoding('utf8')
          .on('data', (text: string) => void (body += text))
          .on('end', () => {
            bodies.push(body)
            response.end('ok')
          })
      },
    )
    const tunnels: { to: string | undefined; headers: IncomingHttpHeaders; bytes: number }[] = []
    let answer = 'HTTP/1.1 200 Connection established\r\n\r\n'
    const proxy = createProxy().on('connect', (request, socket) => {
      const seen = { to: request.url, headers: request.headers, bytes: 0 }
      tunnels.push(seen)
      socket.on('data', (piece: Buffer) => void (seen.bytes += piece.length))
      socket.write(answer)
      if (!answer.includes(' 200 ')) return void socket.end()
      const [host = '', port = ''] = (request.url ?? '').split(':')
      const onward = connect(Number(port), host)
      socket.pipe(onward).pipe(socket)
      for (const end of [socket, onward]) end.on('error', () => undefined)
    })
    const listen = async (s: Server): Promise<number> => {
      await new Promise<void>((done) => s.listen(0, 'localhost', done))
      return (s.address() as AddressInfo).port
    }
    const [port, proxyPort] = [await listen(server), await listen(proxy)]
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
      proxy.close()
    })

    // A certificate authority is read when Node starts.
    const post = fileURLToPath(new URL('../../lib/notify/post.js', import.meta.url))
    const send = async (env: Record<string, string>): Promise<unknown> => {
      const program = `import { post } from ${JSON.stringify(post)}; console.log(JSON.stringify(await post({ url: 'https://localhost:${port}/very-secret', headers: {}, body: 'hello', timeout: 5000, signal: new AbortController().signal })))`
      const { HTTPS_PROXY: _a, https_proxy: _b, NO_PROXY: _c, no_proxy: _d, ...rest } = process.env
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '-e', program],
        { env: { ...rest, ...env }, timeout: 10_000 },
      )
      return JSON.parse(stdout)
    }
    const trusted = { NODE_EXTRA_CA_CERTS: cert }
    t.same(await send(trusted), { is: 'delivered' })
    t.match(await send({}), { is: 'later', why: /^its certificate is not to be trusted \(\w+\)$/ })
    t.same([bodies, tunnels], [['hello'], []], 'straight')

    const HTTPS_PROXY = `http://me:pass%20word@localhost:${proxyPort}`
    t.same(await send({ ...trusted, HTTPS_PROXY }), { is: 'delivered' })
    t.same(bodies, ['hello', 'hello'])
    t.ok(
      (tunnels[0]?.bytes ?? 0) > 300,
      `all of it through the tunnel: ${tunnels[0]?.bytes ?? 0} bytes`,
    )
    t.match(tunnels, [
      {
        to: `localhost:${port}`,
        headers: {
          'proxy-authorization': `Basic ${Buffer.from('me:pass word').toString('base64')}`,
        },
      },
    ])
    t.notMatch(JSON.stringify(tunnels), /very-secret/, 'the proxy sees the host, and nothing else')
    t.match(
      await send({ HTTPS_PROXY }),
      { is: 'later', why: /not to be trusted/ },
      'nor is it trusted more through a proxy',
    )
    t.equal(bodies.length, 2)
    await send({ ...trusted, HTTPS_PROXY, NO_PROXY: 'localhost' })
    t.same([bodies.length, tunnels.length], [3, 2], 'a host that is spared')
    answer = 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'
    t.same(await send({ ...trusted, HTTPS_PROXY }), {
      is: 'later',
      why: 'the proxy answered HTTP 407',
    })
    t.same(await send({ ...trusted, HTTPS_PROXY: 'socks5://me:pass@localhost' }), {
      is: 'later',
      why: 'the proxy that HTTPS_PROXY names is no http URL',
    })
    t.match(await send({ ...trusted, HTTPS_PROXY: 'http://localhost:1' }), {
      is: 'later',
      why: 'the connection was refused',
    })
  },
)
