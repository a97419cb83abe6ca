// SPDX-License-Identifier: Apache-2.0
// lib/cli/begin/: the verbs to begin with.
//
// An example that runs as it is: a declaration, a tagged playbook in a repository of its own, nodes
// that are directories.
import { access, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { EXIT, PatchrunError, refuse } from '../../errors.js'
import type { Problem } from '../../errors.js'
import { createRepository } from '../../git/checkout/create.js'
import type { InitReport } from '../../report/model/answers.js'
import { initText } from '../../report/text/text-answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import { print } from '../call/context.js'
import type { VerbAction } from '../call/context.js'

const PACKAGE = new URL('../../../../', import.meta.url)
const ENTRIES = ['patchrun.yml', 'patchrun.schema.json', 'playbooks', 'nodes'] as const
const NODES = ['node01', 'node02', 'node03', 'node04', 'node05', 'node06'] as const

export const init: VerbAction = async (context, { args }) => {
  const directory = resolve(args[0] ?? '.')
  await createExample(directory, context.kill)
  const files = [
    'patchrun.yml',
    'patchrun.schema.json',
    'playbooks/site.yml',
    'nodes/node01 … node06',
  ]
  const report: InitReport = { schemaVersion: REPORT_VERSION, kind: 'init', directory, files }
  await print(context, report, initText)
  return EXIT.reached
}

/**
 * All or nothing: it is made aside and moved into place. Throws usage/would-overwrite, naming
 * everything in the way.
 */
export async function createExample(directory: string, signal: AbortSignal): Promise<void> {
  await refuseToOverwrite(directory)
  const made = await makeAside(directory)
  try {
    const declaration = await readFile(new URL('templates/init/patchrun.yml', PACKAGE), 'utf8')
    // A JSON string is a YAML string, whatever the path holds; Ansible must not take braces in it
    // for a template.
    await writeFile(
      join(made, 'patchrun.yml'),
      declaration.replace('@DIRECTORY@', () =>
        JSON.stringify(directory.replaceAll('{', "{{ '{' }}")),
      ),
    )
    await cp(new URL('schemas/patchrun.schema.json', PACKAGE), join(made, 'patchrun.schema.json'))
    await cp(new URL('templates/init/playbooks', PACKAGE), join(made, 'playbooks'), {
      recursive: true,
    })
    for (const node of NODES) {
      await mkdir(join(made, 'nodes', node, 'etc'), { recursive: true })
      await writeFile(join(made, 'nodes', node, 'etc', 'kernel'), '6.1.0\n')
    }
    await createRepository(
      join(made, 'playbooks'),
      'Begin with a message of the day and a kernel',
      { signal },
    )
    // The declaration last: without it, nothing here counts as a fleet.
    for (const entry of [...ENTRIES].reverse())
      await rename(join(made, entry), join(directory, entry))
  } finally {
    await rm(made, { recursive: true, force: true })
  }
}

async function makeAside(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true })
    return await mkdtemp(join(directory, '.patchrun-init-'))
  } catch (cause) {
    throw new PatchrunError(
      {
        code: 'usage/cannot-write',
        message: `${directory} can not be written: ${(cause as Error).message}`,
        hint: 'Name a directory that you may write to.',
      },
      { cause },
    )
  }
}

async function refuseToOverwrite(directory: string): Promise<void> {
  const problems: Problem[] = []
  for (const entry of ENTRIES) {
    const path = join(directory, entry)
    const exists = await access(path).then(
      () => true,
      () => false,
    )
    if (exists)
      problems.push({
        code: 'usage/would-overwrite',
        message: `${path} is there already`,
        hint: 'init overwrites nothing: name another directory, or move it away.',
        where: { file: path },
      })
  }
  refuse(problems)
}
