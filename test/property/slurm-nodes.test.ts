// SPDX-License-Identifier: Apache-2.0
// The roles read thousands of nodes by a few searches in each line. The same is found by a reading
// that takes the line apart word by word: on lines that Slurm 22.05, 24.11 and 26.05 printed, and
// on those with other texts, states and fields put into them.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { holds } from '../support/property.js'
import { share } from '../support/size.js'

const root = resolve(import.meta.dirname, '../../..')
const LINES = readFileSync(resolve(root, 'test/fixtures/slurm-nodes.txt'), 'utf8')
  .trimEnd()
  .split('\n')
const PROGRAM = `import json, sys, records
nodes = [records.node_of(line) for line in json.load(sys.stdin)]
print(json.dumps([dict({key: node[key] for key in node if key != '_line'}, available=records.available_of(node), host=records.host_of(node)) for node in nodes]))`

/** As the roles read them, a process for all. */
const quick = (lines: readonly string[]): unknown[] =>
  JSON.parse(
    execFileSync('python3', ['-B', '-c', PROGRAM], {
      cwd: resolve(root, 'roles/slurm_observe/files'),
      env: { ...process.env, TZ: 'UTC' },
      input: JSON.stringify(lines),
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
    }),
  ) as unknown[]

const SIGNS: Readonly<Record<string, string>> = {
  '*': 'NOT_RESPONDING',
  '~': 'POWERED_DOWN',
  '#': 'POWERING_UP',
  '%': 'POWERING_DOWN',
  '!': 'POWER_DOWN',
  $: 'MAINTENANCE',
  '@': 'REBOOT_ISSUED',
  '^': 'REBOOT_REQUESTED',
  '-': 'PLANNED',
}
const TEXT = /^(Reason|Comment|Extra)=/

function slow(line: string): unknown {
  const words = line.split(' ')
  const texts = words.findIndex((word) => TEXT.test(word))
  const fields = new Map<string, string>()
  for (const word of texts < 0 ? words : words.slice(0, texts)) {
    const [name = '', ...value] = word.split('=')
    if (value.length > 0 && !fields.has(name)) fields.set(name, value.join('='))
  }
  const field = (name: string): string => {
    const value = fields.get(name) ?? ''
    return value === '(null)' || value === 'N/A' ? '' : value
  }
  const list = (name: string): string[] =>
    field(name)
      .split(',')
      .filter((part) => part !== '')
  const [reason, reasonBy, reasonAt] = reasonIn(texts < 0 ? [] : words.slice(texts))
  return {
    name: field('NodeName'),
    state: field('State').split('+').flatMap(stateWords),
    reason,
    reasonBy,
    reasonAt,
    features: list('ActiveFeatures'),
    partitions: list('Partitions'),
    cpus: Number(field('CPUTot')),
    allocated: Number(field('CPUAlloc')),
    boot: time(field('BootTime')),
    available: list('AvailableFeatures'),
    host: field('NodeHostName'),
  }
}

function stateWords(word: string): string[] {
  const signs: string[] = []
  let name = word
  for (; SIGNS[name.slice(-1)] !== undefined; name = name.slice(0, -1))
    signs.unshift(SIGNS[name.slice(-1)] ?? '')
  return [name, ...signs]
}

function reasonIn(words: readonly string[]): readonly [string, string | null, number | null] {
  if (!words[0]?.startsWith('Reason=')) return ['', null, null]
  const end = words.findIndex((word) => /^(Comment|Extra)=/.test(word))
  const text = (end < 0 ? words : words.slice(0, end)).join(' ').slice('Reason='.length)
  // Behind it stands nothing, or the next field.
  const behind = '(?: +[A-Z][A-Za-z]*=.*| *)$'
  const signed = new RegExp(`^(.*?) \\[([^\\[\\]@ ]+)@([^\\[\\]@ ]+)\\]${behind}`).exec(text)
  if (signed) return [signed[1] ?? '', signed[2] ?? '', time(signed[3] ?? '')]
  return [new RegExp(`^(.*?)${behind}`).exec(text)?.[1] ?? '', null, null]
}

function time(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text)
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) / 1000 : null
}

t.test('lines that Slurm printed', async (t) => {
  const found = quick(LINES)
  for (const [n, line] of LINES.entries())
    t.same(
      found[n],
      slow(line),
      `${line.slice(0, 30)} ${/ State=\S*/.exec(line)?.[0]} ${/ Reason=.*/.exec(line)?.[0] ?? ''}`,
    )
  t.ok(new Set(LINES.map((line) => /Version=\S+/.exec(line)?.[0])).size > 3, 'three releases')
})

/** Words that look like fields, signatures and texts of Slurm, and others. */
const word = fc.oneof(
  fc.constantFrom(
    '[root@1764407000]',
    '[ann@2026-01-02T03:04:05]',
    '[root@Unknown]',
    '[x]',
    '[jdoe@5',
    'Reason=fan',
    'Comment=seen',
    'Extra={"a":1}',
    'State=DOWN*',
    'Partitions=p',
    'CPUTot=7',
    'BootTime=5',
    'y=z',
    ':',
    '',
    'not',
    'N/A',
    'cable,',
    'InstanceId=i-1',
    'ReservationName=r',
  ),
  fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/\s/g, '')),
)
const words = fc.array(word, { maxLength: 6 }).map((list) => list.join(' '))
const signature = fc.constantFrom(
  '',
  '',
  ' [root@1764407000]',
  ' [ann@2026-01-02T03:04:05] ',
  ' [root@Unknown]',
)
const state = fc
  .array(
    fc.constantFrom(
      'IDLE',
      'DOWN*',
      'MIXED',
      'DRAIN',
      'IDLE~',
      'REBOOT@',
      'PLANNED',
      'DOWN$*',
      'NOT_RESPONDING',
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((list) => list.join('+'))
const changed = fc
  .record({
    line: fc.constantFrom(...LINES),
    state,
    reason: fc.option(fc.tuple(words, signature)),
    comment: fc.option(words),
    extra: fc.option(words),
    missing: fc.subarray(['Partitions', 'BootTime', 'State', 'CPUTot', 'Arch'], { maxLength: 2 }),
    boot: fc.constantFrom(
      'None',
      'Unknown',
      '1764407000',
      '2026-01-02T03:04:05',
      '2026-13-02T03:04:05',
    ),
    list: fc.constantFrom('(null)', 'a', 'a,b', 'a,,b', 'N/A'),
  })
  .map(({ line, state, reason, comment, extra, missing, boot, list }) => {
    let text = line
      .replace(/ Reason=.*| Comment=.*/, '')
      .replace(/ State=\S+/, () => ` State=${state}`)
      .replace(/ BootTime=\S+/, ` BootTime=${boot}`)
      .replace(/ ActiveFeatures=\S+/, ` ActiveFeatures=${list}`)
    for (const name of missing) text = text.replace(new RegExp(` ${name}=\\S+`), '')
    return [
      text,
      ...(reason === null ? [] : [`Reason=${reason.join('')}`]),
      ...(comment === null ? [] : [`Comment=${comment}`]),
      ...(extra === null ? [] : [`Extra=${extra}`]),
    ].join(' ')
  })

t.test('the same lines with other texts', async (t) => {
  let signed = 0
  holds(
    t,
    fc.property(fc.array(changed, { minLength: 300, maxLength: 300 }), (lines) => {
      const [found, wanted] = [quick(lines), lines.map(slow)]
      signed += wanted.filter(
        (node) => (node as { readonly reasonBy: string | null }).reasonBy !== null,
      ).length
      return lines.every(
        (line, n) =>
          JSON.stringify(canonical(found[n])) === JSON.stringify(canonical(wanted[n])) ||
          differs(line, found[n], wanted[n]),
      )
    }),
    // What fails names its line; making the other 299 smaller would take a process each time.
    { numRuns: share(20, 5), endOnFailure: true },
  )
  t.ok(signed > share(20, 5) * 30, `signatures came up (${signed})`)
})

const canonical = (node: unknown): unknown =>
  Object.entries(node ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

function differs(line: string, found: unknown, wanted: unknown): never {
  throw new Error(`${line}\nread as ${JSON.stringify(found)}\ninstead of ${JSON.stringify(wanted)}`)
}
