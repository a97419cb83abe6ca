// SPDX-License-Identifier: Apache-2.0
// What a command costs, with everything it starts; and numbers as people read them.
import { spawn } from 'node:child_process'

// Node cannot ask for the CPU time of its children; Python, which Ansible needs anyway, can. Being
// the reaper of orphans it counts processes, too, whose parent ended before them.
const WRAPPER = `
import ctypes, json, os, resource, signal, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
with open(sys.argv[1], 'ab') as log, open(sys.argv[2], 'rb') as given:
    begun = time.monotonic()
    child = subprocess.Popen(sys.argv[3:], stdin=given, stdout=log, stderr=log)
# Whoever ends the measurement ends what is measured, which ends what it started.
signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGINT))
code = None
while True:
    # Orphans are reaped while it runs: a PID namespace does not end as long as one of its processes is not.
    try:
        pid, status = os.wait()
    except ChildProcessError:
        break
    if pid == child.pid:
        code = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({'code': code, 'wall': wall, 'cpu': used.ru_utime + used.ru_stime}))
`

/**
 * Runs a command to its end, output appended to the file `log`. Throws on an exit code other than
 * 0. `input` is a file; `within` are words before the command that bring it somewhere else, and
 * what these take does not count.
 * @returns {Promise<{cpu: number, wall: number}>} seconds; cpu is user and system time of the whole
 * tree of processes
 */
export async function measure(
  argv,
  { cwd, env = process.env, log, signal, input = '/dev/null', within = [] },
) {
  const [program, ...args] = [...within, 'python3', '-c', WRAPPER, log, input, ...argv]
  const child = spawn(program, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  const { code, cpu, wall } = JSON.parse(text || '{"code":"none"}')
  if (code !== 0)
    throw new Error(`${argv[0]} ended with exit code ${code}; its output is in ${log}`)
  return { cpu, wall }
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/** "median (least-most)". */
export const spread = (values, digits = 2) =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)})`
