// SPDX-License-Identifier: Apache-2.0
// An error, told: every problem with its place and what to do, and the exit code that follows.
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { EXIT, PatchrunError } from '../../errors.js'
import type { ExitCode, Place, Problem } from '../../errors.js'
import { mayHoldSecret } from '../../fleet/yaml/yaml-text.js'
import { PLAIN } from '../../report/words/styles.js'
import { inCommand } from '../../report/words/words.js'
import { problemsText } from '../../report/text/text-problems.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import type { ErrorReport } from '../../report/model/answers.js'
import { printJson } from './context.js'
import type { Context, Io } from './context.js'

export interface Manners {
  readonly io: Io
  readonly json: boolean
  readonly color: boolean
  readonly verbose: boolean
  /** With the options that lead to the same fleet, for hints. */
  readonly command: string
  /** IANA time zone in which times are shown. */
  readonly zone: string
  /** The user ended it: whatever was thrown then is the end, not a fault. */
  readonly interrupted: boolean
  readonly collect?: Context['collect']
}

export async function explain(
  error: unknown,
  { io, json, color, verbose, command, zone, interrupted, collect }: Manners,
): Promise<ExitCode> {
  const { problems: found, exitCode } =
    interrupted && !(error instanceof PatchrunError) ? INTERRUPTED : describe(error, verbose)
  const problems = found.map((problem): Problem => ({
    ...problem,
    hint: inCommand(problem.hint, command),
  }))
  if (json) {
    const document: ErrorReport = {
      schemaVersion: REPORT_VERSION,
      kind: 'error',
      problems,
      exitCode,
    }
    printJson({ io, ...(collect && { collect }) }, document)
    return exitCode
  }
  const paint =
    color && io.stderr.isTTY
      ? (await import('../screen/terminal-paint.js')).paintFor('stderr', true)
      : PLAIN
  io.stderr.write(problemsText(problems, paint, lineOf, zone))
  if (verbose && error instanceof Error && exitCode === EXIT.fault)
    io.stderr.write(`${stackOf(error)}\n`)
  return exitCode
}

interface Described {
  readonly problems: readonly Problem[]
  readonly exitCode: ExitCode
}

const INTERRUPTED: Described = {
  problems: [
    {
      code: 'usage/interrupted',
      message: 'interrupted',
      hint: 'Nothing is lost: give the same command again to go on.',
    },
  ],
  exitCode: EXIT.interrupted,
}

function describe(error: unknown, verbose: boolean): Described {
  if (error instanceof PatchrunError) return { problems: error.problems, exitCode: error.exitCode }
  const message =
    error instanceof Error ? (error.message.split('\n', 1)[0] ?? error.name) : String(error)
  const hint = `This is a fault of patchrun, or of the machine it runs on. ${verbose ? 'Please report it with the lines below.' : 'Give the command again with -v to see where it happened, and report it.'}`
  return {
    problems: [
      { code: 'internal/unexpected', message: message || 'an error without a message', hint },
    ],
    exitCode: EXIT.fault,
  }
}

function stackOf(error: Error): string {
  const { cause } = error
  return `${error.stack ?? error.message}${cause instanceof Error ? `\ncaused by ${stackOf(cause)}` : ''}`
}

/** Larger files are not read for one line of them. */
const MOST_BYTES = 4 * 1024 * 1024

/**
 * The line as it stands in the file, unless a secret may be in it; credentials in URLs are taken
 * out.
 */
function lineOf({ file, line, withheld }: Place): string | undefined {
  // A path within the playbook repository says nothing about files where the command was given.
  if (line === undefined || withheld || !isAbsolute(file)) return undefined
  try {
    const found = statSync(file)
    if (!found.isFile() || found.size > MOST_BYTES) return undefined
    const text = readFileSync(file, 'utf8').split(/\r?\n/)[line - 1]
    // Beside what is wrong there may stand a secret.
    return text === undefined || mayHoldSecret(text)
      ? undefined
      : text.replace(/(:\/\/)[^/@\s]+@/g, '$1***@')
  } catch {
    return undefined
  }
}
