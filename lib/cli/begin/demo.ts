// SPDX-License-Identifier: Apache-2.0
// See it work: the example of `init`, a good commit, one that breaks on a canary, the fix. Real
// git, real Ansible.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runRollout } from '../../engine/verbs/rollout.js'
import type { RunResult } from '../../engine/verbs/rollout.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT } from '../../errors.js'
import { commitFile } from '../../git/checkout/create.js'
import { quoted, textOptions } from '../call/context.js'
import type { Context, VerbAction } from '../call/context.js'
import { createExample } from './init.js'
import { printRollout, rolloutFormats } from '../call/print-rollout.js'
import { openScreenFor } from '../steer/run.js'

interface Act {
  readonly title: string
  /** What the example's playbook becomes. */
  readonly edit: (site: string) => string
  readonly outcome: RunResult['outcome']
  /** Content of etc/app.conf on the canaries and on the others afterwards; null: not there. */
  readonly canaries: string | null
  readonly others: string | null
}

const SERVICE = (port: string): string => `
    - name: Configure the service
      ansible.builtin.copy:
        content: "${port}\\n"
        dest: "{{ node_root }}/etc/app.conf"
        mode: "0644"
        validate: grep -qx "port=[0-9]*" %s
      tags: [HotChange]
`

const ACTS: readonly Act[] = [
  {
    title: 'A good commit: a service is configured on every node',
    edit: (site) => site + SERVICE('port=8080'),
    outcome: 'done',
    canaries: 'port=8080\n',
    others: 'port=8080\n',
  },
  {
    title: 'A commit with a typing error: it breaks on the canaries, nobody else is touched',
    edit: (site) => site.replace('port=8080', 'prot=9090'),
    outcome: 'halted',
    canaries: 'port=8080\n',
    others: 'port=8080\n',
  },
  {
    title: 'The fix',
    edit: (site) => site.replace('prot=9090', 'port=9090'),
    outcome: 'done',
    canaries: 'port=9090\n',
    others: 'port=9090\n',
  },
]

export const demo: VerbAction = async (context, { args }) => {
  const directory = resolve(args[0] ?? (await mkdtemp(join(tmpdir(), 'patchrun-demo-'))))
  await createExample(directory, context.kill)
  const inside: Context = {
    ...context,
    global: { ...context.global, config: join(directory, 'patchrun.yml') },
  }
  const { paint } = await textOptions(inside)
  const say = (text: string): void => void context.io.stderr.write(`${text}\n`)
  say(
    `Six nodes, which are directories below ${join(directory, 'nodes')}, and a playbook repository beside them.`,
  )
  for (const [index, act] of ACTS.entries()) {
    say(`\n${paint.strong(`${index + 1} of ${ACTS.length}: ${act.title}`)}`)
    const sha = await commitFile(join(directory, 'playbooks'), 'site.yml', act.edit, act.title, {
      signal: context.kill,
    })
    say(`commit ${sha.slice(0, 12)}\n`)
    const outcome = await perform(inside, directory)
    if (outcome === 'interrupted') {
      say(`It left ${directory}`)
      return EXIT.interrupted
    }
    const wrong = await compare(directory, act, outcome)
    for (const line of wrong) say(paint.bad(line))
    if (wrong.length > 0) {
      say(`It left ${directory}`)
      return EXIT.fault
    }
  }
  say(
    `\n${paint.good('As it should be:')} the bad commit reached no node, and the fix reached all six.`,
  )
  await writeFile(join(directory, 'patchrun'), commandFile(context), { mode: 0o755 })
  say(`All that it left is in ${directory}: ${LEFT}`)
  say(
    `Look around, or change playbooks/site.yml, commit, and roll it out:\n  cd ${quoted(directory)}\n  ./patchrun history\n  ./patchrun report\n  git -C playbooks commit --all --message 'My change'\n  ./patchrun run\nDone with it: rm -r ${quoted(directory)}`,
  )
  return EXIT.reached
}

const LEFT =
  'patchrun.yml and its schema, the repository playbooks, nodes, what patchrun knows of them in .patchrun, and the command patchrun.'

/**
 * This very patchrun, with the Ansible and the git that the demo found: whoever started it from a
 * clone has none of them on the PATH.
 */
function commandFile({ io }: Context): string {
  const script = fileURLToPath(new URL('../../../bin/patchrun.js', import.meta.url))
  return `#!/bin/sh\nPATH=${quoted(io.env['PATH'] ?? '')} exec ${quoted(process.execPath)} ${quoted(script)} "$@"\n`
}

async function perform(context: Context, directory: string): Promise<RunResult['outcome']> {
  const session = await openSession({ file: join(directory, 'patchrun.yml'), signal: context.kill })
  const fleet = await session.observe()
  const screen = openScreenFor(context, fleet)
  context.onStop(() =>
    screen.notice('stopping: no new step begins, what runs is finished; once more ends it'),
  )
  try {
    const { report, outcome } = await runRollout(session, {
      signal: context.stop,
      kill: context.kill,
      onEvent: screen.onProgress,
    })
    await screen.close()
    await printRollout(
      context,
      rolloutFormats(context, { args: [], options: {} }),
      report,
      fleet,
      (node) => screen.directoryOf(node),
    )
    return outcome
  } finally {
    await screen.close()
  }
}

/** Believes the nodes, not the report. */
async function compare(
  directory: string,
  act: Act,
  outcome: RunResult['outcome'],
): Promise<readonly string[]> {
  const wrong =
    outcome === act.outcome ? [] : [`expected the rollout to be ${act.outcome}, it is ${outcome}`]
  for (let i = 1; i <= 6; i++) {
    const file = join(directory, 'nodes', `node0${i}`, 'etc', 'app.conf')
    const found = await readFile(file, 'utf8').catch(() => null)
    const expected = i <= 2 ? act.canaries : act.others
    if (found !== expected)
      wrong.push(`${file} should be ${JSON.stringify(expected)} and is ${JSON.stringify(found)}`)
  }
  return wrong
}
