// SPDX-License-Identifier: Apache-2.0
// lib/cli/call/: one call of a verb: what it is given, and how it answers.
//
// What every verb gets: the global options, the streams, and the few ways to answer.
import type { SessionOptions } from '../../engine/site/session.js'
import type { ExitCode } from '../../errors.js'
import { PLAIN } from '../../report/words/styles.js'
import type { TextOptions } from '../../report/words/styles.js'
import type { Level } from '../screen/screen-types.js'

/** Standard streams and environment; tests bring their own. */
export interface Io {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface GlobalOptions {
  readonly config: string
  readonly env?: string
  readonly json: boolean
  readonly color: boolean
  /**
   * A live screen may be drawn: --no-color asks for plain lines, NO_COLOR for no colours and
   * nothing else.
   */
  readonly screen: boolean
  readonly level: Level
}

export interface Context {
  readonly io: Io
  readonly global: GlobalOptions
  /** What was typed after the command's name. */
  readonly argv: readonly string[]
  /** IANA time zone in which times are shown. */
  readonly zone: string
  /** First SIGINT or SIGTERM: start nothing more. */
  readonly stop: AbortSignal
  /** Second one: end what runs. For verbs that change nothing it comes with the first. */
  readonly kill: AbortSignal
  /** Where several answers become one document: gets each instead of standard output. */
  readonly collect?: (document: unknown) => void
  /** A verb that changes nodes: from now on one signal only stops, and this is told. */
  onStop(tell: () => void): void
}

/** Arguments after the verb, and its own options by their camelCase name. */
export interface Call {
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

/** What the module of a verb exports. */
export type VerbAction = (context: Context, call: Call) => Promise<ExitCode>

/** Options of `openSession` that the global options say. */
export function sessionOptions(
  { global, kill, io, zone }: Context,
  { options }: Call,
): SessionOptions {
  const { limit, plan } = options
  // A machine on UTC, as most that run jobs are, says nothing of who reads: windows are told in
  // their own zone then.
  const isSomebodys = zone !== 'UTC' || !!io.env['TZ']
  return {
    file: global.config,
    ...(global.env !== undefined && { environment: global.env }),
    ...(typeof limit === 'string' && { limit }),
    ...(typeof plan === 'string' && { plan }),
    ...(isSomebodys && { zone }),
    command: commandText(global, io),
    signal: kill,
  }
}

/**
 * The same for verbs that pin: the commit may be named. (`approve` has a --sha of its own, that may
 * be shorter.)
 */
export function pinnedOptions(
  context: Context,
  call: Call,
): ReturnType<typeof sessionOptions> & { sha?: string; canaries?: boolean } {
  const { sha, canaries } = call.options
  return {
    ...sessionOptions(context, call),
    ...(typeof sha === 'string' && { sha }),
    ...(canaries === true && { canaries }),
  }
}

/** A word as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** As people call it: npx finds what is no command of the shell. */
const programOf = (env: NodeJS.ProcessEnv): string =>
  env['npm_command'] === 'exec' ? 'npx patchrun' : 'patchrun'

/** A command line with one more option; options end where `--` stands. */
export function typedWith({ argv, io }: Pick<Context, 'argv' | 'io'>, option?: string): string {
  const end = argv.indexOf('--')
  const at = end < 0 ? argv.length : end
  return [
    programOf(io.env),
    ...[...argv.slice(0, at), ...(option === undefined ? [] : [option]), ...argv.slice(at)].map(
      quoted,
    ),
  ].join(' ')
}

/** The command with the options that lead to the same fleet, for hints. */
export function commandText(
  { config, env }: Pick<GlobalOptions, 'config' | 'env'>,
  { env: variables }: Pick<Io, 'env'>,
): string {
  return [
    programOf(variables),
    ...(config === DEFAULT_CONFIG ? [] : ['-c', quoted(config)]),
    ...(env === undefined ? [] : ['--env', quoted(env)]),
  ].join(' ')
}

export const DEFAULT_CONFIG = 'patchrun.yml'

export function printJson(
  { io, collect }: Pick<Context, 'io' | 'collect'>,
  document: unknown,
): void {
  if (collect) collect(document)
  else io.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}

/** Prints a result: the document with --json, the words otherwise. */
export async function print<T>(
  context: Context,
  document: T,
  words: (document: T, options: TextOptions) => string,
): Promise<void> {
  if (context.global.json) return printJson(context, document)
  context.io.stdout.write(words(document, await textOptions(context)))
}

export async function textOptions({ global, zone, io }: Context): Promise<TextOptions> {
  // A pipe gets no colours, and then chalk need not be loaded.
  const paint =
    global.color && (io.stdout.isTTY || io.env['FORCE_COLOR'])
      ? (await import('../screen/terminal-paint.js')).paintFor('stdout', true)
      : PLAIN
  return { paint, zone, verbose: global.level === 'verbose', command: commandText(global, io) }
}
