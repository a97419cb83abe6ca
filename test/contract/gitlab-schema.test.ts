// SPDX-License-Identifier: Apache-2.0
// What GitLab is given, held against GitLab's own schema of CI files: the component, with every
// input at its default and with others, its header, and what `patchrun gitlab` writes. A mistake
// that is planted is found.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { dump } from 'js-yaml'
import t from 'tap'
import { readComponent, withInputs } from '../../lib/cli/gitlab/gitlab-component.js'
import { patchrun } from '../support/command.js'

const bin = process.env['PATCHRUN_TEST_CHECK_JSONSCHEMA']
const options =
  bin === undefined
    ? { skip: "no check-jsonschema, which brings GitLab's schema (PATCHRUN_TEST_CHECK_JSONSCHEMA)" }
    : {}
const root = resolve(import.meta.dirname, '../../..')
t.setTimeout(240_000)

/** What the schema has against a file; null: nothing. */
function against(directory: string, text: string): string | null {
  const file = join(directory, 'ci.yml')
  writeFileSync(file, text)
  const { status, stdout, stderr } = spawnSync(
    join(bin ?? '', 'check-jsonschema'),
    ['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci', file],
    { encoding: 'utf8' },
  )
  return status === 0 ? null : `${stdout}${stderr}`
}

const DECLARATION = {
  schemaVersion: 1,
  fleet: 'demo',
  playbooks: { repository: 'https://git.example.org/site/playbooks.git' },
  nodes: { allow: ['node[01-12]'] },
  state: { git: {} },
  environments: {
    test01: { nodes: { allow: ['node[01-02]'], canary: ['node01'] } },
    prod: {
      nodes: { allow: ['node[03-12]'], canary: ['node03'] },
      rollout: { approval: ['start', 'wide', 'waves'], waves: ['50%', '100%'] },
    },
  },
}

t.test('the component', options, async (t) => {
  const component = await readComponent()
  const jobs = (inputs: Readonly<Record<string, unknown>>): string =>
    dump(withInputs(component, inputs as Parameters<typeof withInputs>[1]), { noRefs: true })
  t.equal(against(t.testdir(), jobs({})), null, 'every input at its default')
  t.equal(
    against(
      t.testdir(),
      jobs({
        environment: 'prod',
        'before-script': ['npm ci'],
        tags: ['a', 'b'],
        approval: false,
        needs: [{ job: 'test01:wide', optional: true }],
      }),
    ),
    null,
    'with others',
  )
  const [header = ''] = readFileSync(join(root, 'templates/patchrun/template.yml'), 'utf8').split(
    /^---$/m,
  )
  t.equal(against(t.testdir(), header), null, 'its header')
  t.match(
    against(t.testdir(), jobs({}).replaceAll('interruptible: false', 'interruptible: 7')),
    /interruptible: 7 is not of type 'boolean'/,
  )
  t.match(against(t.testdir(), header.replace('type: boolean', 'type: truth')), /merge-request/)
})

t.test('what `patchrun gitlab` writes', options, async (t) => {
  const cwd = t.testdir({ 'patchrun.yml': JSON.stringify(DECLARATION) })
  for (const args of [['gitlab'], ['gitlab', '--child']]) {
    const { code, stdout, stderr } = await patchrun(args, { cwd })
    t.equal(code, 0, stderr)
    t.equal(against(cwd, stdout), null, args.join(' '))
  }
})
