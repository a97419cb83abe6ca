// SPDX-License-Identifier: Apache-2.0
// What is known of an action from its name alone. Pure.

const ON_CONTROLLER: ReadonlyMap<string, string> = new Map([
  ...['include_tasks', 'include_role', 'import_tasks', 'import_role', 'include', 'meta'].map(
    (name) => [name, 'steers the run; the tasks it brings are looked at themselves'] as const,
  ),
  ...['add_host', 'group_by', 'set_fact', 'set_stats', 'include_vars'].map(
    (name) => [name, "changes Ansible's memory, not the node"] as const,
  ),
  ...['debug', 'assert', 'fail', 'pause', 'validate_argument_spec'].map(
    (name) => [name, 'runs on the controller and changes nothing'] as const,
  ),
])

// Each of these leaves the node as it is, so it can be no reason for a verdict and needs neither
// tag.
const HARMLESS: ReadonlyMap<string, string> = new Map([
  ...ON_CONTROLLER,
  ...['wait_for', 'wait_for_connection', 'async_status', 'ping', 'win_ping', 'win_wait_for'].map(
    (name) => [name, 'waits or asks'] as const,
  ),
  ...[
    'setup',
    'gather_facts',
    'stat',
    'find',
    'slurp',
    'getent',
    'win_stat',
    'win_find',
    'fetch',
  ].map((name) => [name, 'reads from the node'] as const),
])

// Check mode skips these, whatever they would do (creates and removes apart).
const COMMANDS = new Set([
  'command',
  'shell',
  'raw',
  'script',
  'expect',
  'win_command',
  'win_shell',
  'psexec',
  'win_psexec',
  'telnet',
])
// These have no check mode at all.
const UNCHECKED = new Set(['uri', 'win_uri'])

/** The name without its collection: `ansible.builtin.stat` is `stat`. */
export function shortAction(action: string): string {
  return action.slice(action.lastIndexOf('.') + 1)
}

/** Why a task of this action needs no tag, or null when it may change a node. */
export function harmless(action: string): string | null {
  const short = shortAction(action)
  // Collections promise this of modules so named.
  if (/_(facts|info)$/.test(short)) return 'reads from the node'
  return HARMLESS.get(short) ?? null
}

/**
 * True for actions that do their work without the node: that one came out well says nothing of
 * whether it can be reached.
 */
export const staysOnController = (action: string): boolean => ON_CONTROLLER.has(shortAction(action))

/** True for actions that check mode skips. */
export function skippedInCheckMode(action: string): boolean {
  const short = shortAction(action)
  return COMMANDS.has(short) || UNCHECKED.has(short)
}

/** True for actions whose `creates` and `removes` check mode does look at. */
export function understandsCreates(action: string): boolean {
  return ['command', 'shell', 'script', 'win_command', 'win_shell', 'expect'].includes(
    shortAction(action),
  )
}

/** True for an include that is followed only when the run gets there. */
export function dynamicInclude(action: string): boolean {
  return ['include_tasks', 'include_role', 'include'].includes(shortAction(action))
}
