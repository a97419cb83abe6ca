// SPDX-License-Identifier: Apache-2.0
// A process that tells people is ended with SIGKILL, at random moments and at the writes of its
// journal, and taken up again. No message is lost; one comes again only where the process died
// between its delivery and its record, under the same id.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { evolve, NO_STATE, replay } from '../../lib/rollout/index.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { readJournal } from '../../lib/store/journal/journal.js'
import { receiver } from '../support/receiver.js'
import type { Manner, Receiver } from '../support/receiver.js'
import { inFull, inQuick, quick, share } from '../support/size.js'

const KILLS = share(Number(process.env['PATCHRUN_TEST_KILLS'] ?? 40), 6)
const seed = Number(process.env['PATCHRUN_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
t.setTimeout(300_000)
t.comment(`seed ${seed}`)
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const MODES = ['before', 'torn', 'written', 'synced'] as const

let state = seed >>> 0
const roll = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

/** How many processes there were so far. */
let lives = 0

/** A message that was taken, from which process, and when. */
interface Taken {
  readonly life: number
  readonly time: number
}

/** Mostly takes it, after a while; sometimes fails first. */
function moody(server: Receiver, took: (id: string, life: number) => void): void {
  const manner: Manner = (response, socket) => {
    const mood = roll(10)
    if (mood === 0) return void socket.destroy()
    if (mood === 1) return void response.writeHead(429, { 'retry-after': '0' }).end()
    // Taken when the answer is on its way.
    const id = String(server.received.at(-1)?.headers['webhook-id'])
    // Its process may be dead when it is taken.
    const life = lives
    setTimeout(() => {
      if (socket.destroyed) return
      took(id, life)
      response.writeHead(200).end('ok')
    }, roll(30))
  }
  server.behave(manner)
}

/**
 * One life; true when it was killed. `at`: at that write of what was delivered; random: at some
 * write, or after some messages came.
 */
async function live(
  directory: string,
  servers: readonly Receiver[],
  rollouts: number,
  how: 'to its end' | 'random' | 'before:1',
): Promise<boolean> {
  lives += 1
  const at =
    how === 'random'
      ? roll(2) === 0
        ? `${MODES[roll(4)] ?? 'torn'}:${1 + roll(4)}`
        : null
      : how === 'before:1'
        ? how
        : null
  const urls = Object.fromEntries(
    servers.map(({ url }, i) => [`PATCHRUN_TEST_URL_${i === 0 ? 'one' : 'two'}`, url]),
  )
  const child = spawn(
    process.execPath,
    [here('../support/tell-worker.js'), directory, String(rollouts)],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        ...urls,
        PATCHRUN_TEST_KEY: 'key',
        ...(at !== null && {
          NODE_OPTIONS: `--import ${here('../support/kill-at.js')}`,
          PATCHRUN_TEST_KILL: at,
          PATCHRUN_TEST_KILL_ON: how === 'random' ? '"type":"told"' : '"outcome":"delivered"',
        }),
      },
    },
  )
  let over = false
  const ended = new Promise<string | null>((resolve) =>
    child.once('exit', (_code, signal) => {
      over = true
      resolve(signal)
    }),
  )
  if (how === 'random' && at === null) {
    const came = (): number => servers.reduce((sum, { received }) => sum + received.length, 0)
    const until = came() + roll(5)
    while (!over && came() < until) await sleep(5)
    await Promise.race([ended, sleep(roll(100))])
    child.kill('SIGKILL')
  }
  return (await ended) === 'SIGKILL'
}

await (quick ? inQuick : inFull)(
  t,
  'killed again and again, nothing is lost and nothing told twice that was known to be told',
  {},
  async (t) => {
    const [one, two] = await Promise.all([receiver(), receiver()])
    t.teardown(() => Promise.all([one.close(), two.close()]))
    const directory = t.testdir()
    /** When each was taken, by message and target. */
    const taken = new Map<string, Taken[]>()
    for (const [target, server] of [
      ['one', one],
      ['two', two],
    ] as const) {
      moody(
        server,
        (id, life) =>
          void taken.set(`${id} ${target}`, [
            ...(taken.get(`${id} ${target}`) ?? []),
            { life, time: Date.now() },
          ]),
      )
    }
    const servers = [one, two]
    let deaths = 0
    let rollouts = 1
    t.ok(
      await live(directory, servers, rollouts, 'before:1'),
      'killed between a delivery and its record',
    )
    deaths += 1
    for (; deaths < KILLS; rollouts += 1) {
      for (
        let cuts = 3 + roll(4);
        cuts > 0 && (await live(directory, servers, rollouts, 'random'));
        cuts--
      )
        deaths += 1
    }
    const told = async (): Promise<readonly JournalEvent[]> =>
      (await readJournal(join(directory, 'environments/default/journal.jsonl'))).map((e) => e.event)
    t.notOk(await live(directory, servers, rollouts, 'to its end'), 'the last one comes to its end')
    // A run is held up by those who were not told for ten seconds at most, and receivers that fail
    // may take longer: the next run tells the rest.
    for (let more = 0; more < 5 && replay(await told()).outbox.messages.length > 0; more += 1)
      t.notOk(await live(directory, servers, rollouts, 'to its end'), 'and one that tells the rest')

    const events = await told()
    const arisen = new Map<string, readonly string[]>()
    let folded = NO_STATE
    for (const event of events) {
      folded = evolve(folded, event)
      for (const { id, owed } of folded.outbox.messages) if (!arisen.has(id)) arisen.set(id, owed)
    }
    t.comment(`${arisen.size} messages of ${rollouts} rollouts, ${deaths} kills`)
    t.ok(arisen.size >= 4 * (rollouts - 1), 'as many messages as there was to tell')
    t.same(folded.outbox.messages, [], 'nobody is owed anything')
    t.same(folded.outbox.givenUp, [], 'nothing was given up')
    const records = events.flatMap((e) =>
      e.type === 'told' && e.outcome === 'delivered'
        ? [{ key: `${e.message} ${e.target}`, at: e.at }]
        : [],
    )
    t.same(
      records.map((r) => r.key).sort(),
      [...arisen].flatMap(([id, owed]) => owed.map((target) => `${id} ${target}`)).sort(),
      'each is recorded once for each target',
    )
    t.same(
      [...taken.keys()].sort(),
      records.map((r) => r.key).sort(),
      'each came to each, under an id that the journal knows',
    )

    let repeats = 0
    for (const { key, at } of records) {
      const times = taken.get(key) ?? []
      repeats += times.length - 1
      for (const [i, { life }] of times.slice(1).entries())
        t.ok((times[i]?.life ?? Infinity) < life, `${key}: a repeat, and a death before it`)
      t.ok(
        times.every(({ time }) => time <= at),
        `${key}: nothing came after the journal had it`,
      )
    }
    t.ok(repeats > 0, `${repeats} repeats: the case was met`)
  },
)
