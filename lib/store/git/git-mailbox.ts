// SPDX-License-Identifier: Apache-2.0
// The mailbox in a remote: a ref for each word, `orders/<id>`, whose commit says it in its message.
// It is there whole or not at all, and stays until it is in the journal.
import { randomBytes } from 'node:crypto'
import { PatchrunError } from '../../errors.js'
import { isLetterId, letterId } from '../disk/mailbox.js'
import type { Fate, Letter } from '../disk/mailbox.js'
import type { Mailbox } from '../store.js'
import { aWhile } from './remote.js'
import type { Refs, Remote } from './remote.js'

const ORDERS = 'orders/'
const REFUSED = 'refused/'
/** ms: a run that waits asks for words every two seconds, and the remote not that often. */
const HEARD_WITHIN = 4_000
/** Longer than any word of a person: 64 KiB. */
const MOST_BYTES = 65_536

const idsBelow = (refs: Refs, under: string): readonly string[] =>
  [...refs.keys()]
    .filter((n) => n.startsWith(under))
    .map((n) => n.slice(under.length))
    .sort()

export class GitMailbox implements Mailbox {
  /** What was fetched already, by commit. */
  readonly #texts = new Map<string, string>()

  constructor(
    private readonly open: () => Promise<Remote>,
    private readonly place: string,
  ) {}

  async post(content: unknown, now: number): Promise<string> {
    const remote = await this.open()
    const id = letterId(now, idsBelow(await remote.refs(), ORDERS))
    const commit = await remote.note(JSON.stringify(content))
    await this.#swap(remote, [{ name: ORDERS + id, from: null, to: commit }])
    return id
  }

  async letters(): Promise<readonly Letter[]> {
    const remote = await this.open()
    const refs = await remote.refs(HEARD_WITHIN)
    const names = idsBelow(refs, ORDERS)
    const unread = names.filter((name) => !this.#texts.has(refs.get(ORDERS + name) ?? ''))
    if (unread.length > 0) {
      const fetched = await remote
        .fetch(unread.map((name) => ORDERS + name))
        .catch(async (error: unknown) => {
          // Taken out between the list and the fetch: they are looked at anew.
          if (unread.every((name) => refs.has(ORDERS + name)) && (await stillThere(remote, unread)))
            throw error
          return null
        })
      if (!fetched) return this.letters()
      for (const [name, commit] of fetched)
        this.#texts.set(
          commit,
          (await remote.git(['log', '-1', '--format=%B', `refs/seen/${name}`])).trim(),
        )
    }
    return names.map((name) => {
      const text = this.#texts.get(refs.get(ORDERS + name) ?? '') ?? null
      return {
        name,
        id: isLetterId(name) ? name : null,
        text: text !== null && text.length <= MOST_BYTES ? text : null,
      }
    })
  }

  async takeOut(name: string): Promise<void> {
    const remote = await this.open()
    const commit = (await remote.refs()).get(ORDERS + name)
    if (commit !== undefined)
      await this.#swap(remote, [{ name: ORDERS + name, from: commit, to: null }])
  }

  async setAside(name: string, why: string): Promise<string> {
    const remote = await this.open()
    const refs = await remote.refs()
    const commit = refs.get(ORDERS + name)
    if (commit === undefined) return this.placeOf(name)
    const to = refs.has(REFUSED + name) ? `${name}.${randomBytes(4).toString('hex')}` : name
    await this.#swap(remote, [
      { name: ORDERS + name, from: commit, to: null },
      {
        name: REFUSED + to,
        from: null,
        to: await remote.note(`${why}\n\n${this.#texts.get(commit) ?? ''}`),
      },
    ])
    return `${this.place}/${REFUSED}${to}`
  }

  async fateOf(id: string): Promise<Fate> {
    const remote = await this.open()
    const refs = await remote.refs()
    if (refs.has(ORDERS + id)) return { is: 'waiting' }
    if (!refs.has(REFUSED + id)) return { is: 'gone' }
    await remote.fetch([REFUSED + id])
    return {
      is: 'refused',
      why: (await remote.git(['log', '-1', '--format=%s', `refs/seen/${REFUSED}${id}`])).trim(),
    }
  }

  placeOf(name: string): string {
    return `${this.place}/${ORDERS}${name}`
  }

  async #swap(remote: Remote, swaps: Parameters<Remote['swap']>[0]): Promise<void> {
    if ((await remote.swap(swaps, aWhile())) === 'landed') return
    throw new PatchrunError({
      code: 'state/remote-away',
      message: `${this.place}: somebody changed the mailbox at the same moment`,
      hint: 'Give the command again.',
      where: { file: this.place },
    })
  }
}

async function stillThere(remote: Remote, names: readonly string[]): Promise<boolean> {
  const refs = await remote.refs()
  return names.every((name) => refs.has(ORDERS + name))
}
