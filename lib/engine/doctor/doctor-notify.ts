// SPDX-License-Identifier: Apache-2.0
// Whether those who are to be told can be: their secrets are there, and fit for use. Nothing is
// sent.
import { PatchrunError } from '../../errors.js'
import { urlFault } from '../../fleet/declare/notify-problems.js'
import type { Fleet, NotifyTarget, SecretSource } from '../../fleet/declare/fleet.js'
import { keyOf } from '../../notify/sign.js'
import { isOpenToOthers, openSecret } from '../site/secrets.js'
import type { Found } from './found.js'

/** As Standard Webhooks has it, bytes. */
const SHORTEST_KEY = 24

export async function checkTargets({ notify }: Pick<Fleet, 'notify'>): Promise<Found> {
  const all = (await Promise.all(notify.map(faultsOf))).flat()
  const grave = all.filter((f) => f.result === 'fail')
  const shown = grave.length > 0 ? grave : all
  if (shown.length === 0) return { result: 'ok', found: notify.map((t) => t.name).join(', ') }
  return {
    result: grave.length > 0 ? 'fail' : 'warn',
    found: shown.map((f) => f.found).join('\n'),
    hint: shown[0]?.hint ?? '',
  }
}

async function faultsOf({ name, to }: NotifyTarget): Promise<Found[]> {
  const found: Found[] = []
  const open = async (
    source: SecretSource,
    what: string,
    fault: (secret: string) => Found | null,
  ): Promise<void> => {
    try {
      const bad = fault(await openSecret(source, what))
      if (bad) found.push(bad)
    } catch (error) {
      if (!(error instanceof PatchrunError)) throw error
      found.push({ result: 'fail', found: error.message, hint: error.hint })
      return
    }
    if (await isOpenToOthers(source))
      found.push({
        result: 'warn',
        found: `${what}: anybody on this machine may read its file`,
        hint: 'chmod o-r takes that away; in a container nobody else may be there.',
      })
  }
  const theUrl = `the URL of the target ${name}`
  const badUrl = (url: string): Found | null => {
    const fault = urlFault(url)
    return fault === null
      ? null
      : {
          result: 'fail',
          found: `${theUrl} ${fault}`,
          hint: 'It must be a whole https URL; http is taken for this machine only.',
        }
  }
  if ('slack' in to) await open(to.slack, theUrl, badUrl)
  else {
    if (typeof to.url !== 'string') await open(to.url, theUrl, badUrl)
    await open(to.secret, `the key of the target ${name}`, (key) =>
      keyOf(key).length >= SHORTEST_KEY
        ? null
        : {
            result: 'warn',
            found: `the key of the target ${name} is shorter than ${SHORTEST_KEY} bytes`,
            hint: 'A longer one is harder to guess: openssl rand -base64 32',
          },
    )
  }
  return found
}
