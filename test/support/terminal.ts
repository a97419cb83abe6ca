// SPDX-License-Identifier: Apache-2.0
// A program on a terminal: a real pseudo-terminal, made by Python because Node has none.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

const RELAY = `
import fcntl, os, pty, select, struct, sys, termios
columns, rows, *argv = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(argv[0], argv)
def size(columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))
size(columns, rows)
orders = b''
while True:
    ready, _, _ = select.select([terminal, 0], [], [])
    if terminal in ready:
        try:
            said = os.read(terminal, 65536)
        except OSError:
            said = b''
        if not said:
            break
        os.write(1, said)
    if 0 in ready:
        more = os.read(0, 65536)
        if not more:
            break
        orders += more
        while b'\\n' in orders:
            line, orders = orders.split(b'\\n', 1)
            word, *rest = line.decode().split(' ')
            if word == 'keys':
                os.write(terminal, bytes.fromhex(rest[0]))
            else:
                size(*rest)
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
`

export interface Terminal {
  /** Everything that was written to it since `from`. */
  said(from?: number): string
  readonly length: number
  /**
   * Waits until it was written; gives what came with it. Throws with what came instead after so
   * many ms.
   */
  until(
    pattern: RegExp,
    options?: { readonly from?: number; readonly within?: number },
  ): Promise<string>
  keys(text: string): void
  size(columns: number, rows: number): void
  readonly ended: Promise<number | null>
  end(): void
}

export function openTerminal(
  argv: readonly string[],
  {
    cwd,
    env = {},
    columns = 80,
    rows = 24,
  }: {
    readonly cwd: string
    readonly env?: Readonly<Record<string, string | undefined>>
    readonly columns?: number
    readonly rows?: number
  },
): Terminal {
  const child = spawn('python3', ['-c', RELAY, String(columns), String(rows), ...argv], {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm', ...env },
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => void (text += more))
  const order = (line: string): void => void child.stdin.write(`${line}\n`)
  const ended = new Promise<number | null>((done) => child.once('close', done))
  return {
    said: (from = 0) => text.slice(from),
    get length() {
      return text.length
    },
    until: async (pattern, { from = 0, within = 100_000 } = {}) => {
      for (const end = Date.now() + within; Date.now() < end; await sleep(20))
        if (pattern.test(text.slice(from))) return text.slice(from)
      throw new Error(
        `${String(pattern)} did not come, but ${JSON.stringify(text.slice(from).slice(-2000))}`,
      )
    },
    keys: (keys) => order(`keys ${Buffer.from(keys).toString('hex')}`),
    size: (c, r) => order(`size ${c} ${r}`),
    ended,
    end: () => child.stdin.end(),
  }
}
