// SPDX-License-Identifier: Apache-2.0
// A lab's cluster watched from outside: what Slurm and the nodes themselves say, whatever patchrun
// believes.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from './lab.js'

export interface NodeSeen {
  /** Slurm's words; a "*" is NOT_RESPONDING. */
  readonly state: readonly string[]
  readonly allocated: number
  /** With the user and the time that Slurm writes behind it. */
  readonly reason: string
  readonly features: readonly string[]
}

export interface Sample {
  /** s since the epoch. */
  readonly at: number
  /** Empty: slurmctld did not answer. */
  readonly nodes: ReadonlyMap<string, NodeSeen>
}

export interface Sampler {
  readonly samples: readonly Sample[]
  readonly last: () => Sample | undefined
  /**
   * Resolves at the first sample from now on of which this holds. Throws after `patience` ms, or
   * when the sampler has ended.
   */
  readonly until: (holds: (sample: Sample) => boolean, patience?: number) => Promise<Sample>
  readonly stop: () => Promise<void>
}

// Only what has changed since the last sample is written, so that an hour of a hundred nodes is no
// burden.
const WATCH = `
import re, subprocess, sys, time
told = {}
while True:
    begun = time.time()
    done = subprocess.run(['scontrol', 'show', 'node', '-o'], capture_output=True, text=True)
    lines = done.stdout.splitlines() if done.returncode == 0 else []
    for line in lines:
        name = re.match(r'NodeName=(\\S+)', line)
        if not name:
            continue
        part = lambda key: (re.search(r' ' + key + r'=(\\S*)', line) or [0, ''])[1]
        reason = re.search(r' Reason=(.*?)\\s*$', line)
        text = '\\t'.join([name[1], part('State'), part('CPUAlloc'), part('ActiveFeatures'), reason[1] if reason else ''])
        if told.get(name[1]) != text:
            told[name[1]] = text
            print('n\\t' + text)
    print('s\\t%.3f\\t%d' % (begun, len(lines)), flush=True)
    time.sleep(max(0.02, begun + float(sys.argv[1]) - time.time()))
`

/** Looks every `every` ms (a quarter of a second when not given) until it is stopped. */
export function startSampler(lab: Lab, every = 250): Sampler {
  const samples: Sample[] = []
  const nodes = new Map<string, NodeSeen>()
  const stopping = new AbortController()
  let rest = ''
  const read = (text: string): void => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [kind, ...words] = line.split('\t')
      if (kind === 'n') nodes.set(words[0] ?? '', nodeOf(words))
      else
        samples.push({ at: Number(words[0]), nodes: words[1] === '0' ? new Map() : new Map(nodes) })
    }
  }
  let ended: string | undefined
  const watching = lab
    .exec(['python3', '-c', WATCH, String(every / 1000)], {
      signal: stopping.signal,
      timeout: 2 ** 31 - 1,
      onStdout: read,
    })
    .then(({ stderr }) => {
      ended = stderr.trim() || 'it ended'
    })
  return {
    samples,
    last: () => samples.at(-1),
    async until(holds, patience = 300_000) {
      const limit = Date.now() + patience
      for (let next = samples.length; ; await sleep(every / 2)) {
        for (; next < samples.length; next++) {
          const sample = samples[next]
          if (sample && holds(sample)) return sample
        }
        if (ended !== undefined) throw new Error(`nobody looks at the cluster any more: ${ended}`)
        if (Date.now() > limit)
          throw new Error(
            `never seen within ${patience / 1000} s: ${holds.toString()}; at last: ${wordsOf(samples.at(-1))}`,
          )
      }
    },
    async stop() {
      stopping.abort()
      await watching
    },
  }
}

function nodeOf([
  ,
  state = '',
  allocated = '',
  features = '',
  reason = '',
]: readonly string[]): NodeSeen {
  const words = state.replaceAll('*', '').split('+')
  return {
    state: state.includes('*') ? [...words, 'NOT_RESPONDING'] : words,
    allocated: Number(allocated),
    reason,
    features: /^(\(null\))?$/.test(features) ? [] : features.split(','),
  }
}

const FLAGGED =
  /^(DRAIN|DRAINED|DRAINING|DOWN|FAIL.*|REBOOT.*|NOT_RESPONDING|MAINT.*|RESERVED|POWER.*|UNKNOWN)$/

/** Users' jobs cannot begin on it. */
export const isOut = (node: NodeSeen): boolean => node.state.some((word) => FLAGGED.test(word))

export const isDrained = (node: NodeSeen): boolean =>
  node.state.some((word) => word.startsWith('DRAIN'))

/** The nodes that are out in a sample. */
export const outIn = ({ nodes }: Sample): readonly string[] =>
  [...nodes].flatMap(([name, node]) => (isOut(node) ? [name] : []))

export const peakOut = (samples: readonly Sample[]): number =>
  Math.max(0, ...samples.map((sample) => outIn(sample).length))

/** The share of the cores that work for users, on average; `cores` are those of a node. */
export function used(samples: readonly Sample[], cores = 2): number {
  const shares = samples.flatMap(({ nodes }) =>
    nodes.size > 0
      ? [
          [...nodes.values()].reduce((sum, { allocated }) => sum + allocated, 0) /
            (nodes.size * cores),
        ]
      : [],
  )
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length)
}

/** How often a node booted since it was made, as its power supply saw it. */
export async function bootsOf(lab: Lab, node: string): Promise<number> {
  return (await readFile(join(lab.directory, 'log', `${node}.log`), 'utf8'))
    .split('\n')
    .filter((line) => line.includes(` ${node} boot `)).length
}

const wordsOf = (sample: Sample | undefined): string =>
  [...(sample?.nodes ?? [])].map(([name, { state }]) => `${name} ${state.join('+')}`).join(', ')
