// SPDX-License-Identifier: Apache-2.0
// argv in, one call of a verb out. Help and version are told here; wrong usage is a PatchrunError.
import { Command, CommanderError, Option } from 'commander'
import { EXIT, PatchrunError } from '../errors.js'
import type { ExitCode } from '../errors.js'
import { nearest } from '../fleet/names/nearest.js'
import { commandText, DEFAULT_CONFIG } from './call/context.js'
import type { Call, GlobalOptions, Io } from './call/context.js'
import type { OptionSpec, Verb } from './call/verb.js'
import { GLOBAL_OPTIONS, VERBS } from './verbs.js'
import { version } from './call/version.js'

export type Parsed =
  | {
      readonly kind: 'call'
      readonly verb: Verb
      readonly call: Call
      readonly global: GlobalOptions
    }
  /** Help or the version was printed. */
  | { readonly kind: 'told'; readonly exitCode: ExitCode }

export const PROGRAM_EXAMPLES: Verb['examples'] = [
  ['patchrun init fleet && cd fleet', 'an example that runs as it is'],
  ['patchrun detect', 'what would the newest commit do to each node?'],
  ['patchrun run', 'roll it out: canaries first, then wave by wave'],
  ['patchrun status', 'what is it doing, and why is it waiting?'],
]

/** Throws usage/… for what cannot be understood. */
export function parse(argv: readonly string[], io: Io): Parsed {
  let found: { verb: Verb; call: Call } | undefined
  requireKnownHelp(argv)
  const program = makeProgram(io, (verb, call) => (found = { verb, call }))
  if (argv.length === 0) {
    io.stderr.write(program.helpInformation())
    return { kind: 'told', exitCode: EXIT.usage }
  }
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'told', exitCode: EXIT.reached }
    throw error.code === 'commander.help' ? noVerb() : usageError(error)
  }
  if (!found) throw noVerb()
  return { kind: 'call', ...found, global: toGlobal(program.opts(), io) }
}

/** commander tells the help of all verbs where one is misspelt. */
function requireKnownHelp([first, wanted]: readonly string[]): void {
  if (
    first !== 'help' ||
    wanted === undefined ||
    wanted.startsWith('-') ||
    VERBS.some((v) => v.name === wanted)
  )
    return
  const meant = nearest(
    wanted,
    VERBS.map((v) => v.name),
  )
  throw new PatchrunError({
    code: 'usage/unknown-verb',
    message: `unknown verb '${wanted.slice(0, 60)}'`,
    hint: meant ? `Did you mean ${meant}?` : '`patchrun --help` lists the verbs.',
  })
}

const noVerb = (): PatchrunError =>
  new PatchrunError({
    code: 'usage/no-verb',
    message: 'no verb was given',
    hint: 'Say what to do: `patchrun --help` lists the verbs.',
  })

function makeProgram(io: Io, onCall: (verb: Verb, call: Call) => void): Command {
  const program = new Command('patchrun')
  const inherit = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(text),
        outputError: () => undefined,
      })
      .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
  inherit(program)
    .usage('VERB [options]')
    .description(
      'Brings every node of a fleet to one pinned commit of an Ansible playbook repository, canaries first.',
    )
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [verb]', 'show the help of a verb')
  for (const [flags, text] of GLOBAL_OPTIONS) {
    const option = new Option(flags, text)
    if (option.attributeName() === 'config') option.default(DEFAULT_CONFIG)
    if (option.attributeName() === 'verbose') option.conflicts('quiet')
    program.addOption(option)
  }
  withExamples(program, PROGRAM_EXAMPLES)
  program.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 fault of patchrun, 2 wrong usage, 3 configuration, 4 halted, 5 waiting, 6 locked,\n7 unknown outcome, 130 interrupted. `patchrun help VERB` tells more.',
  )
  for (const verb of VERBS) {
    const command = inherit(program.command(verb.name))
      .description(verb.summary)
      .helpOption('-h, --help', 'show this help')
    if (verb.argument) command.argument(verb.argument[0], verb.argument[1])
    for (const [flags, text] of verb.options ?? []) command.option(flags, text)
    withExamples(command, verb.examples)
    if (verb.more !== undefined) command.addHelpText('after', `\n${verb.more}`)
    command.action(() => onCall(verb, { args: command.args, options: command.opts() }))
  }
  return program
}

/** Help begins with examples: most who ask want one. */
function withExamples(command: Command, examples: Verb['examples']): void {
  const width = Math.max(...examples.map(([line]) => line.length))
  const short = examples.every(([line]) => line.length <= 40)
  const lines = examples.map(([line, text]) =>
    short ? `  ${line.padEnd(width)}  ${text}` : `  ${line}\n      ${text}`,
  )
  command.addHelpText('before', `Examples:\n${lines.join('\n')}\n`)
}

/** commander's words, with its suggestion as the hint. */
function usageError({ message, code }: CommanderError): PatchrunError {
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n')
  const suggestion =
    more
      .join(' ')
      .replace(/^\(|\)$/g, '')
      .trim() || longer(first)
  const name =
    code === 'commander.unknownCommand'
      ? 'unknown-verb'
      : code.replace(/^commander\./, '').replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
  return new PatchrunError({
    code: `usage/${name}`,
    message: first.replace('unknown command', 'unknown verb'),
    hint:
      suggestion === ''
        ? '`patchrun --help` lists the verbs, `patchrun help VERB` the options of one.'
        : suggestion,
  })
}

/**
 * commander knows nothing of other verbs, and suggests what is nearly as long: --enviroment is far
 * from --env.
 */
function longer(message: string): string {
  const [, given = ''] = /unknown option '(--[^'=]+)/.exec(message) ?? []
  const flagsOf = (options: readonly OptionSpec[]): readonly string[] =>
    options.flatMap(([flags]) => /--[\w-]+/.exec(flags) ?? [])
  const verbs = VERBS.filter((v) => flagsOf(v.options ?? []).includes(given)).map((v) => v.name)
  if (verbs.length > 0) return `It is an option of ${verbs.join(', ')}.`
  const known = flagsOf([GLOBAL_OPTIONS, ...VERBS.map((v) => v.options ?? [])].flat())
  const meant = known
    .filter((flag) => given.startsWith(flag))
    .sort((a, b) => b.length - a.length)[0]
  return meant === undefined ? '' : `Did you mean ${meant}?`
}

function toGlobal(options: Readonly<Record<string, unknown>>, { env }: Io): GlobalOptions {
  const { config, env: environment, json, color, verbose, quiet } = options
  return {
    config: typeof config === 'string' ? config : DEFAULT_CONFIG,
    ...(typeof environment === 'string' && { env: environment }),
    json: json === true,
    // The convention: NO_COLOR counts when it is set and not empty.
    color: color !== false && !env['NO_COLOR'],
    screen: color !== false,
    level: verbose === true ? 'verbose' : quiet === true ? 'quiet' : 'normal',
  }
}

/** How to tell an error, when argv itself could not be understood. */
export function errorManners(
  argv: readonly string[],
  { env }: Pick<Io, 'env'>,
): {
  readonly json: boolean
  readonly color: boolean
  readonly verbose: boolean
  readonly command: string
} {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  return {
    json: own.includes('--json'),
    color: !own.includes('--no-color') && !env['NO_COLOR'],
    verbose: own.includes('-v') || own.includes('--verbose'),
    command: commandText(
      { config: valueOf(own, '-c', '--config') ?? DEFAULT_CONFIG, env: valueOf(own, '--env') },
      { env },
    ),
  }
}

function valueOf(argv: readonly string[], ...flags: readonly string[]): string | undefined {
  for (const [i, word] of argv.entries()) {
    if (flags.includes(word)) return argv[i + 1]
    const flag = flags.find((f) => f.startsWith('--') && word.startsWith(`${f}=`))
    if (flag !== undefined) return word.slice(flag.length + 1)
  }
  return undefined
}
