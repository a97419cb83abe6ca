// SPDX-License-Identifier: Apache-2.0
// Credentials in URLs: taken out of every text that leaves this room, and out of argv. Pure.

/**
 * Replaces user info, secret query values, and the `secrets` given, wherever they stand in a text.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let out = text
  for (const secret of secrets)
    if (secret !== '')
      out = out.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***')
  return out
    .replace(
      /([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/@'"]*@(?=[^\s/'"]))+/gi,
      (whole: string, scheme: string) => {
        const user = whole.slice(scheme.length, -1)
        // A bare user name, as in ssh://git@host, is no secret; over http it may be a token.
        return /^ssh|^git\+ssh/i.test(scheme) && !user.includes(':') ? whole : `${scheme}***@`
      },
    )
    .replace(/([?&][^\s=&'"]*(?:token|password|secret|key)[^\s=&'"]*=)[^\s&'"]+/gi, '$1***')
}

export interface SplitUrl {
  /** The URL without secrets: fit for argv, configuration files and messages. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** scheme://host[:port], the only place the credential may be sent to. */
  readonly origin?: string
}

/**
 * Splits the credential from an http(s) URL; drops the password of other URLs. Paths and scp-like
 * addresses stay as they are.
 */
export function splitCredential(repository: string): SplitUrl {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)@([^@/?#]+)(.*)$/i.exec(repository)
  if (!match) return { url: repository }
  const [, scheme = '', user = '', host = '', rest = ''] = match
  const colon = user.indexOf(':')
  const name = colon < 0 ? user : user.slice(0, colon)
  const password = colon < 0 ? '' : user.slice(colon + 1)
  if (!/^https?$/i.test(scheme)) return { url: `${scheme}://${name}@${host}${rest}` }
  return {
    url: `${scheme}://${host}${rest}`,
    username: decode(name),
    password: decode(password),
    origin: `${scheme}://${host}`,
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
