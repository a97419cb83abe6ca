// SPDX-License-Identifier: Apache-2.0
// lib/cli/gitlab/: the pipeline of GitLab.
//
// `patchrun gitlab`: the pipeline of GitLab for this patchrun.yml, printed, or written into a file.
import { isAbsolute } from 'node:path'
import { readDeclaration } from '../../engine/site/open-fleet.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT, PatchrunError } from '../../errors.js'
import { environmentsOf } from '../../fleet/policy/resolve-fleet.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { GitlabReport } from '../../report/model/answers.js'
import { gitlabText } from '../../report/text/text-answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import { print, sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { inputsOf, readComponent } from './gitlab-component.js'
import { childText, includesText } from './gitlab-file.js'
import { writeOwnLines } from './own-lines.js'
import { version } from '../call/version.js'

export const gitlab: VerbAction = async (context, call) => {
  const { child, write, check, component: address, input } = call.options
  if (check === true && typeof write !== 'string')
    throw new PatchrunError({
      code: 'usage/check-what',
      message: '--check needs the file that --write names',
      hint: 'Give both: patchrun gitlab --write .gitlab/patchrun.yml --check',
    })
  const component = await readComponent()
  const inputs = inputsOf(component, Array.isArray(input) ? (input as readonly string[]) : [])
  const declared = await readDeclaration(context.global.config)
  const names = context.global.env === undefined ? environmentsOf(declared) : [context.global.env]
  const fleets: Fleet[] = []
  for (const environment of names)
    fleets.push(
      await (
        await openSession({ ...sessionOptions(context, call), file: declared.file, environment })
      ).observe(),
    )
  const pipeline = { component, config: context.global.config, inputs, fleets }
  const text =
    child === true
      ? childText(pipeline)
      : includesText(
          pipeline,
          typeof address === 'string'
            ? address
            : `$CI_SERVER_FQDN/patchrun/patchrun/patchrun@${version()}`,
        )
  const written =
    typeof write === 'string'
      ? { file: write, ...(await writeOwnLines(write, text, check === true)) }
      : undefined
  const notices = noticesOf(declared, child === true ? [] : fleets)
  const report: GitlabReport = {
    schemaVersion: REPORT_VERSION,
    kind: 'gitlab',
    fleet: declared.config.fleet,
    environments: names,
    pipeline: text,
    notices,
    ...(written && { written: { ...written, dry: check === true } }),
  }
  for (const notice of notices)
    if (context.global.level !== 'quiet') context.io.stderr.write(`${notice}\n`)
  await print(context, report, gitlabText)
  return check === true && written?.change !== 'unchanged' ? EXIT.halted : EXIT.reached
}

/**
 * What is left to people: a state that no job would find again, approvals that have no job in the
 * component.
 */
function noticesOf(
  { config }: Awaited<ReturnType<typeof readDeclaration>>,
  fleets: readonly Fleet[],
): string[] {
  const { directory, git } = config.state ?? {}
  const lost = !git && (directory === undefined || !isAbsolute(directory))
  return [
    ...(lost
      ? [
          `the state would lie in ${directory ?? 'the default .patchrun'}, beside patchrun.yml, and be gone with the job: declare state.directory as a path of the runner that is kept, or state.git`,
        ]
      : []),
    ...fleets.flatMap(({ environment, policy: { approval } }) => {
      const more = approval.filter((a) => a !== 'wide')
      return more.length > 0
        ? [
            `${environment}: approval ${more.join(', ')} has no job in the component; give it by \`patchrun approve\`, or use --child`,
          ]
        : []
    }),
  ]
}
