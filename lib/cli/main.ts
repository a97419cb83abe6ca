// SPDX-License-Identifier: Apache-2.0
import { EXIT } from '../errors.js'
import type { ExitCode } from '../errors.js'
import type { Context, Io } from './call/context.js'
import { explain } from './call/explain.js'
import { errorManners, parse } from './parse.js'
import { listenForSignals } from './call/signals.js'

/** Runs the command with the arguments after its name; resolves to the exit code. Never throws. */
export async function main(argv: readonly string[], io: Io = process): Promise<ExitCode> {
  // Whoever reads has heard enough (`patchrun status | head`): that is no fault, and must not end a
  // rollout.
  for (const stream of [io.stdout, io.stderr]) stream.on('error', ignoreBrokenPipe)
  const signals = listenForSignals()
  try {
    const parsed = parse(argv, io)
    if (parsed.kind === 'told') return parsed.exitCode
    const { stop, kill } = signals
    const context: Context = {
      io,
      global: parsed.global,
      argv,
      zone: zoneOf(io),
      stop,
      kill,
      onStop: (tell) => signals.onStop(tell),
    }
    return await (
      await parsed.verb.load()
    )(context, parsed.call)
  } catch (error) {
    return await explain(error, {
      io,
      ...errorManners(argv, io),
      zone: zoneOf(io),
      interrupted: signals.kill.aborted,
    })
  } finally {
    signals.dispose()
  }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') process.exitCode = EXIT.fault
}

/**
 * The user's: TZ where it names one that exists, what the system says otherwise; UTC where that is
 * none (`TZ=` makes it "Etc/Unknown").
 */
function zoneOf({ env }: Io): string {
  for (const zone of [env['TZ'], Intl.DateTimeFormat().resolvedOptions().timeZone]) {
    try {
      if (zone) return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
    } catch {
      // The next one.
    }
  }
  return 'UTC'
}
