// SPDX-License-Identifier: Apache-2.0
// The environment git gets. Pure: variables in, variables out.

export type Environment = Readonly<Record<string, string>>

// What says how to reach and trust a remote, or where the operator's configuration lies. Every
// other GIT_ variable is dropped: GIT_DIR, GIT_WORK_TREE and their kin (set inside hooks and `git
// rebase --exec`) would point git at another repository, GIT_TEMPLATE_DIR brings hooks, and
// GIT_TRACE or GIT_CURL_VERBOSE write credentials to standard error.
const KEPT = new Set([
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_SSL_NO_VERIFY',
  'GIT_SSL_CERT',
  'GIT_SSL_KEY',
  'GIT_SSL_VERSION',
  'GIT_SSL_CIPHER_LIST',
  'GIT_SSL_CERT_PASSWORD_PROTECTED',
  'GIT_PROXY_SSL_CAINFO',
  'GIT_PROXY_SSL_CERT',
  'GIT_PROXY_SSL_KEY',
  'GIT_PROXY_COMMAND',
  'GIT_HTTP_LOW_SPEED_LIMIT',
  'GIT_HTTP_LOW_SPEED_TIME',
  'GIT_HTTP_USER_AGENT',
  'GIT_HTTP_MAX_REQUESTS',
  'GIT_HTTP_PROXY_AUTHMETHOD',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'GIT_ASKPASS',
  'GIT_ALLOW_PROTOCOL',
  'GIT_EXEC_PATH',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_COUNT',
])
const KEPT_CONFIG = /^GIT_CONFIG_(KEY|VALUE)_\d+$/

// Names that simple-git guards although they do not begin with GIT_. git needs none of them here.
const FOREIGN = new Set(['EDITOR', 'VISUAL', 'PAGER', 'PREFIX', 'SSH_ASKPASS'])

/**
 * The variables for a git process: the operator's, without what would point git elsewhere, never
 * asking anything, and speaking English so that its words can be told apart.
 */
export function gitEnvironment(from: Readonly<Record<string, string | undefined>>): Environment {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined || FOREIGN.has(name)) continue
    const upper = name.toUpperCase()
    if (upper.startsWith('GIT_') && !KEPT.has(upper) && !KEPT_CONFIG.test(upper)) continue
    env[name] = value
  }
  env['GIT_TERMINAL_PROMPT'] = '0'
  env['GCM_INTERACTIVE'] = 'never'
  env['GIT_OPTIONAL_LOCKS'] = '0'
  env['GIT_NO_REPLACE_OBJECTS'] = '1'
  env['LC_ALL'] = 'C'
  delete env['LANGUAGE']
  return env
}

/** ssh that never asks and notices a dead peer. Used unless the operator chose an ssh command. */
export const QUIET_SSH =
  'ssh -o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=4'

/** The names in `env` that simple-git would refuse unless they are allowed by name. */
export function guardedNames(env: Environment): string[] {
  return Object.keys(env).filter((name) => /^git_/i.test(name))
}
