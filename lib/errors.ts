// SPDX-License-Identifier: Apache-2.0
// The few errors a caller can act on. A halted rollout is a result, never one of these.

/** Exit codes of the command; docs/usage/exit-codes.md says the same in words. */
export const EXIT = {
  reached: 0,
  fault: 1,
  usage: 2,
  config: 3,
  halted: 4,
  waiting: 5,
  locked: 6,
  unknown: 7,
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** A place in a file somebody wrote. `line` and `column` count from 1. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** The offending text, as it stands there (at most one line). */
  readonly text?: string
  /** The whole line, where no file holds it: what an option was given. */
  readonly source?: string
  /** A secret may stand there: neither the text nor its line is shown. */
  readonly withheld?: true
}

/** One mistake: what was found, where, and what to do about it. */
export interface Problem {
  /** Stable and documented: "area/what", for example "config/unknown-field". */
  readonly code: ProblemCode
  readonly message: string
  readonly hint: string
  readonly where?: Place
}

/** The area before the slash decides the exit code. */
export type ProblemArea =
  'usage' | 'config' | 'pin' | 'plan' | 'ansible' | 'playbook' | 'state' | 'lock' | 'internal'
export type ProblemCode = `${ProblemArea}/${string}`

const EXIT_OF: Record<ProblemArea, ExitCode> = {
  usage: EXIT.usage,
  config: EXIT.config,
  pin: EXIT.config,
  plan: EXIT.config,
  ansible: EXIT.config,
  playbook: EXIT.config,
  state: EXIT.fault,
  lock: EXIT.locked,
  internal: EXIT.fault,
}

/**
 * Every error that patchrun throws on purpose. Carries one or more problems, the first one leads.
 */
export class PatchrunError extends Error {
  override readonly name = 'PatchrunError'
  readonly problems: readonly [Problem, ...Problem[]]

  constructor(
    problems: Problem | readonly [Problem, ...Problem[]],
    options: { cause?: unknown } = {},
  ) {
    const list: readonly [Problem, ...Problem[]] = 'code' in problems ? [problems] : problems
    super(list.map((p) => p.message).join('\n'), options)
    this.problems = list
  }

  get code(): ProblemCode {
    return this.problems[0].code
  }

  get hint(): string {
    return this.problems[0].hint
  }

  get exitCode(): ExitCode {
    return EXIT_OF[this.code.split('/', 1)[0] as ProblemArea] ?? EXIT.fault
  }
}

/** Throws unless the list is empty. */
export function refuse(problems: readonly Problem[], options: { cause?: unknown } = {}): void {
  const [first, ...rest] = problems
  if (first) throw new PatchrunError([first, ...rest], options)
}

/** For the default branch of a switch over a union: the compiler refuses a forgotten case. */
export function unreachable(value: never): never {
  throw new PatchrunError({
    code: 'internal/unreachable',
    message: `a case was forgotten: ${JSON.stringify(value)}`,
    hint: 'This is a fault of patchrun. Please report it with the command you ran.',
  })
}
