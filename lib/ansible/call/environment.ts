// SPDX-License-Identifier: Apache-2.0
// The environment of one ansible-playbook call. Pure. Variables win over a repository's
// ansible.cfg, so what must hold is set here.
import type { AnsiblePolicy } from '../../fleet/declare/fleet.js'
import { selection } from './argv.js'
import type { RunRequest, Section } from './playbook-call.js'

/** Where the files of a run are. All paths absolute. */
export interface RunPlaces {
  /** The directory of the run. */
  readonly directory: string
  /** One planned host a line. */
  readonly hostsFile: string
  /**
   * What the run is limited to, one host a line: the planned ones, and localhost where its plays
   * run too.
   */
  readonly limitFile: string
  /** One denied host a line. */
  readonly denyFile: string
  /** Extra variables, as JSON; absent where there are none. */
  readonly varsFile?: string | undefined
  /** lib/ansible/plugins of this package. */
  readonly plugins: string
  /** The ansible.cfg in force: the repository's, or an empty one of ours. */
  readonly configFile: string
  /** Text of the ansible.cfg in force. */
  readonly configText: string
}

/**
 * The number of the descriptor, a socket, that carries the events, and to a process that is parked
 * the word to go on.
 */
export const EVENTS_FD = 3

/** Inherited settings that would choose who, what, how it is shown, or would ask a person. */
const DROPPED = [
  /^PATCHRUN_/,
  /^ANSIBLE_(CONFIG|INVENTORY.*|HOST_PATTERN_MISMATCH|LIMIT|PLAYBOOK_DIR|RUN_TAGS|SKIP_TAGS)$/,
  /^ANSIBLE_(CALLBACK.*|STDOUT_CALLBACK|LOAD_CALLBACK_PLUGINS|SHOW_CUSTOM_STATS|DISPLAY_.*|LOG_.*|DEBUG|VERBOSITY|VERBOSE_TO_STDERR)$/,
  /^ANSIBLE_(NOCOLOR|FORCE_COLOR|COLOR_.*|NOCOWS|COW_.*|RETRY_FILES_.*|DIFF_ALWAYS|CHECK_MODE_MARKERS)$/,
  /^ANSIBLE_(ANY_ERRORS_FATAL|ENABLE_TASK_DEBUGGER|TASK_DEBUGGER_.*|ASK_.*|BECOME_ASK_PASS|FORKS|TASK_TIMEOUT|TIMEOUT|SSH_TIMEOUT)$/,
  /^ANSIBLE_STRATEGY$/,
]

/** Inherited passwords of the vault; where `ansible.vault` names some, those are the ones. */
const VAULT_VARIABLE = /^ANSIBLE_VAULT_(PASSWORD_FILE|IDENTITY_LIST)$/

const KEEP_ALIVE = '-o ServerAliveInterval=5 -o ServerAliveCountMax=2'

/** Ansible's own, where nothing else is set. */
export const DEFAULT_ROLES = '~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles'
const DEFAULT_COLLECTIONS = '~/.ansible/collections:/usr/share/ansible/collections'

/** The value of a key in an ini text, where it is set; comments and other sections are left out. */
export function configValue(text: string, section: string, key: string): string | undefined {
  let current = ''
  let found: string | undefined
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[([^\]]+)\]/.exec(line)
    if (heading) current = heading[1]?.trim() ?? ''
    const pair = /^\s*([A-Za-z_]+)\s*[=:]\s*(.*?)\s*$/.exec(line)
    if (current === section && pair?.[1]?.toLowerCase() === key) found = pair[2]
  }
  return found
}

/** What an Ansible of ours inherits. */
export function keptOf(
  inherited: Readonly<Record<string, string | undefined>>,
  { vault }: Pick<AnsiblePolicy, 'vault'>,
): Readonly<Record<string, string>> {
  const dropped = vault.length > 0 ? [...DROPPED, VAULT_VARIABLE] : DROPPED
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !dropped.some((pattern) => pattern.test(name))) kept[name] = value
  }
  return kept
}

/** Every variable of the child: nothing is inherited beyond what this returns. */
export function runEnvironment(
  request: Pick<RunRequest, 'mode' | 'checkout' | 'policy' | 'untagged' | 'fence' | 'suggested'>,
  inherited: Readonly<Record<string, string | undefined>>,
  places: RunPlaces,
  following: readonly Section[] = [],
): Readonly<Record<string, string>> {
  const { policy } = request
  const kept = keptOf(inherited, policy)
  const { tags, skip } = selection(request.mode)
  const config = (section: string, key: string): string | undefined =>
    configValue(places.configText, section, key)
  return {
    ...kept,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    // Plugins in the checkout would otherwise leave files there, and a checkout that moved is
    // refused.
    PYTHONDONTWRITEBYTECODE: '1',
    ...shortTemporary(kept),
    ANSIBLE_CONFIG: places.configFile,
    ANSIBLE_CALLBACK_PLUGINS: `${places.plugins}/callback`,
    ANSIBLE_CALLBACKS_ENABLED: 'patchrun_events',
    ANSIBLE_STDOUT_CALLBACK: 'patchrun_output',
    ANSIBLE_INVENTORY_ENABLED: 'script,yaml,ini',
    ANSIBLE_INVENTORY_UNPARSED_FAILED: 'True',
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: 'True',
    // --tags and --skip-tags only add to these.
    ANSIBLE_RUN_TAGS: tags.length > 0 ? tags.join(',') : 'all',
    ANSIBLE_SKIP_TAGS: skip.join(','),
    ANSIBLE_ANY_ERRORS_FATAL: 'False',
    ANSIBLE_DIFF_ALWAYS: policy.diff ? 'True' : 'False',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_FORCE_COLOR: 'False',
    ANSIBLE_NOCOWS: '1',
    ANSIBLE_RETRY_FILES_ENABLED: 'False',
    ANSIBLE_DISPLAY_FAILED_STDERR: 'False',
    ANSIBLE_SHOW_CUSTOM_STATS: 'False',
    ANSIBLE_ENABLE_TASK_DEBUGGER: 'False',
    ANSIBLE_ASK_PASS: 'False',
    ANSIBLE_ASK_VAULT_PASS: 'False',
    ANSIBLE_BECOME_ASK_PASS: 'False',
    ANSIBLE_TASK_TIMEOUT: seconds(policy.hangTimeout),
    ANSIBLE_TIMEOUT: seconds(policy.connectTimeout),
    // Behind the plugin's own stop: with a strategy that does not exist no play runs anything.
    ...(request.mode === 'lint' ? { ANSIBLE_STRATEGY: 'patchrun_runs_nothing' } : {}),
    ...keepAlive(kept, config),
    ...searchPaths(policy, kept, config),
    // 0.6 of the time over ssh. A site where sudo demands a terminal says so in its ansible.cfg or
    // environment.
    ...((kept['ANSIBLE_PIPELINING'] ??
    kept['ANSIBLE_SSH_PIPELINING'] ??
    config('connection', 'pipelining') ??
    config('ssh_connection', 'pipelining') ??
    config('defaults', 'pipelining'))
      ? {}
      : { ANSIBLE_PIPELINING: 'True' }),
    // Ansible would write its output there past the redaction.
    ...(config('defaults', 'log_path') ? { ANSIBLE_LOG_PATH: '/dev/null' } : {}),
    PATCHRUN_EVENTS_FD: String(EVENTS_FD),
    // One a section.
    PATCHRUN_MODE: [request, ...following].map(({ mode }) => mode).join(','),
    PATCHRUN_UNTAGGED: request.untagged,
    ...(request.suggested === undefined ? {} : { PATCHRUN_SUGGESTED: request.suggested }),
    PATCHRUN_HOSTS: places.hostsFile,
    ...(policy.localhost ? { PATCHRUN_LOCALHOST: 'run' } : {}),
    PATCHRUN_DENY: places.denyFile,
    PATCHRUN_ROOT: request.checkout,
    PATCHRUN_RUN: places.directory,
    ...(request.fence === undefined ? {} : { PATCHRUN_FENCE: request.fence }),
  }
}

/**
 * A path to a socket has 107 bytes at most, and ansible-core from 2.21 on makes one that is 32
 * bytes longer than this directory before it runs anything.
 */
const TEMPORARY_LONGEST = 75

function shortTemporary(kept: Readonly<Record<string, string>>): Record<string, string> {
  const wanted = kept['TMPDIR'] ?? kept['TEMP'] ?? kept['TMP'] ?? ''
  return Buffer.byteLength(wanted) > TEMPORARY_LONGEST ? { TMPDIR: '/tmp' } : {}
}

/**
 * A cut link is noticed in seconds rather than minutes. ssh takes the first value it reads of an
 * option, and the extra arguments come last: what a site sets in ssh_args or ssh_common_args wins.
 */
function keepAlive(
  kept: Readonly<Record<string, string>>,
  config: (section: string, key: string) => string | undefined,
): Record<string, string> {
  const out: Record<string, string> = {}
  for (const tool of ['ssh', 'sftp', 'scp']) {
    const name = `ANSIBLE_${tool.toUpperCase()}_EXTRA_ARGS`
    const site = kept[name] ?? config('ssh_connection', `${tool}_extra_args`)
    out[name] = site ? `${site} ${KEEP_ALIVE}` : KEEP_ALIVE
  }
  return out
}

/**
 * Entries of a search path, with what the commit wants installed before what the machine has, and
 * after what lies in the repository.
 */
export function searchPath(path: string, installed: string | undefined): readonly string[] {
  const entries = path
    .split(':')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const isOwn = (entry: string): boolean => !/^[~/$]/.test(entry)
  return [
    ...entries.filter(isOwn),
    ...(installed === undefined ? [] : [installed]),
    ...entries.filter((entry) => !isOwn(entry)),
  ]
}

function searchPaths(
  { installed }: Pick<AnsiblePolicy, 'installed'>,
  kept: Readonly<Record<string, string>>,
  config: (section: string, key: string) => string | undefined,
): Record<string, string> {
  if (installed === undefined) return {}
  const roles = kept['ANSIBLE_ROLES_PATH'] ?? config('defaults', 'roles_path') ?? DEFAULT_ROLES
  const collections =
    kept['ANSIBLE_COLLECTIONS_PATH'] ??
    kept['ANSIBLE_COLLECTIONS_PATHS'] ??
    config('defaults', 'collections_path') ??
    config('defaults', 'collections_paths') ??
    DEFAULT_COLLECTIONS
  return {
    ANSIBLE_ROLES_PATH: searchPath(roles, `${installed}/roles`).join(':'),
    ANSIBLE_COLLECTIONS_PATH: searchPath(collections, `${installed}/collections`).join(':'),
  }
}

function seconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)))
}
