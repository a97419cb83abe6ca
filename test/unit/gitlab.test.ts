// SPDX-License-Identifier: Apache-2.0
// The component and what `patchrun gitlab` makes of a patchrun.yml; the examples of
// docs/usage/gitlab.md.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadAll, load } from 'js-yaml'
import { Ajv } from 'ajv'
import t from 'tap'
import { inputsOf, readComponent, withInputs } from '../../lib/cli/gitlab/gitlab-component.js'
import type { Job } from '../../lib/cli/gitlab/gitlab-component.js'
import { requireKeptState } from '../../lib/cli/steer/gitlab-job.js'
import { BEGIN, END, writeOwnLines } from '../../lib/cli/gitlab/own-lines.js'
import { VERBS } from '../../lib/cli/verbs.js'
import { answerOf, patchrun } from '../support/command.js'

const root = resolve(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/usage/gitlab.md'), 'utf8')
t.setTimeout(600_000)

const DECLARATION = `schemaVersion: 1
fleet: demo
playbooks: { repository: "https://git.example.org/site/playbooks.git" }
nodes: { allow: ["node[01-12]"] }
state: { directory: /var/lib/patchrun/demo }
environments:
  test01: { nodes: { allow: ["node[01-02]"], canary: [node01] } }
  prod: { nodes: { allow: ["node[03-12]"], canary: [node03] }, rollout: { approval: [start, wide, waves], waves: ["50%", "100%"] } }
`

t.test(
  'the component: every input has a type, a description and a default, and is used',
  async (t) => {
    const text = readFileSync(join(root, 'templates/patchrun/template.yml'), 'utf8')
    const [header, body] = text.split(/^---$/m)
    const inputs = (
      loadAll(text)[0] as { spec: { inputs: Record<string, Record<string, unknown>> } }
    ).spec.inputs
    for (const [name, spec] of Object.entries(inputs)) {
      t.match(spec, { type: /^(string|boolean|array)$/, description: /\w/ }, name)
      t.ok('default' in spec, `${name} has a default`)
      t.match(body, `$[[ inputs.${name} ]]`, `${name} is used`)
      t.match(page, `\`${name}\``, `${name} stands in the page`)
    }
    for (const [, name = ''] of (body ?? '').matchAll(/\$\[\[ *inputs\.([\w-]+)/g))
      t.ok(inputs[name], `${name} is declared`)
    t.notMatch(header, '$[[')
    t.same(
      readdirSync(join(root, 'templates')).filter((name) =>
        readdirSync(join(root, 'templates', name)).includes('template.yml'),
      ),
      ['patchrun'],
      'GitLab finds this one and no other',
    )
  },
)

t.test('the jobs: what they call exists, and the rollout is safe', async (t) => {
  const jobs = withInputs(await readComponent(), { environment: 'prod', command: 'patchrun' })
  for (const [name, { script = [] }] of Object.entries(jobs) as [
    string,
    Job & { script?: string[] },
  ][]) {
    for (const line of script
      .flatMap((s) => s.split('\n'))
      .filter((s) => s.startsWith('patchrun '))) {
      const [, verb = '', rest = ''] = /--env "prod" (\w+)(.*)$/.exec(line) ?? []
      const known =
        VERBS.find((v) => v.name === verb)?.options?.map(
          ([flags]) => /--[\w-]+/.exec(flags)?.[0],
        ) ?? []
      for (const [option] of rest.matchAll(/--[a-z-]+/g))
        t.ok(known.includes(option), `${name}: ${verb} has ${option}`)
    }
  }
  const rollout = jobs['.patchrun-prod-rollout']
  for (const { artifacts } of Object.values(jobs) as { artifacts?: { expose_as?: string } }[])
    t.match(artifacts?.expose_as ?? 'none', /^\w[-\w ]*$/, 'GitLab takes no other signs')
  t.match(rollout, {
    interruptible: false,
    resource_group: 'patchrun/prod',
    allow_failure: { exit_codes: [5] },
    retry: { exit_codes: [6] },
  })
  for (const name of ['canary', 'wide', 'pick-up'])
    t.equal(jobs[`prod:${name}`]?.['extends'], '.patchrun-prod-rollout')
  for (const name of ['canary', 'wide'])
    t.match(String(jobs[`prod:${name}`]?.['script']), '--sha "$CI_COMMIT_SHA"')
  t.notMatch(String(jobs['prod:pick-up']?.['script']), '--sha')
})

t.test(
  'the token of the job opens this server and no other, beside what was configured before',
  async (t) => {
    const { '.patchrun-git': script } = (await readComponent()).jobs
    const ask = (host: string, more: Record<string, string> = {}): ReturnType<typeof spawnSync> =>
      spawnSync(
        'sh',
        [
          '-ec',
          `${String(script)}\nprintf 'protocol=https\\nhost=${host}\\n\\n' | git credential fill; git config --get test.key || true`,
        ],
        {
          encoding: 'utf8',
          env: {
            PATH: process.env['PATH'],
            CI_SERVER_URL: 'https://gitlab.example.org',
            CI_JOB_TOKEN: 'se cret',
            GIT_TERMINAL_PROMPT: '0',
            GIT_CONFIG_GLOBAL: '/dev/null',
            GIT_CONFIG_NOSYSTEM: '1',
            ...more,
          },
        },
      )
    t.match(ask('gitlab.example.org'), {
      status: 0,
      stdout: /username=gitlab-ci-token\npassword=se cret\n/,
    })
    t.notMatch(ask('git.example.com').stdout, 'password')
    t.match(
      ask('gitlab.example.org', {
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'test.key',
        GIT_CONFIG_VALUE_0: 'kept',
      }),
      { stdout: /password=se cret[^]*kept/ },
    )
  },
)

t.test('inputs on the command line', async (t) => {
  const component = await readComponent()
  t.same(
    inputsOf(component, ['image=a=b', 'look=false', 'tags=hpc', 'before-script=["a, b", "c"]']),
    { image: 'a=b', look: false, tags: ['hpc'], 'before-script': ['a, b', 'c'] },
  )
  for (const [pair, hint] of [
    ['imagee=x', /"image"/],
    ['environment=x', /patchrun\.yml/],
    ['look=yes', /true or false/],
    ['tags=[x', /JSON/],
    ['image', /./],
  ] as const)
    t.throws(() => inputsOf(component, [pair]), { code: 'usage/input', exitCode: 2, hint }, pair)
})

t.test(
  'patchrun gitlab: includes in order, and a child pipeline with a job for each wave',
  async (t) => {
    const cwd = t.testdir({ 'patchrun.yml': DECLARATION })
    const printed = await patchrun(['gitlab', '--input', 'image=registry.example.org/patchrun:1'], {
      cwd,
    })
    t.match(printed, { code: 0, stderr: /prod: approval start, waves has no job/ })
    t.match(load(printed.stdout), {
      include: [
        {
          component: /^\$CI_SERVER_FQDN\/patchrun\/patchrun\/patchrun@\d/,
          inputs: {
            environment: 'test01',
            approval: false,
            image: 'registry.example.org/patchrun:1',
          },
        },
        {
          inputs: {
            environment: 'prod',
            approval: true,
            needs: [
              { job: 'test01:wide', optional: true },
              { job: 'test01:pick-up', optional: true },
            ],
          },
        },
      ],
    })
    const child = await answerOf(['gitlab', '--child'], { cwd })
    t.match(child, { code: 0, stderr: '' })
    const jobs = load(child.stdout) as Record<string, Job & { needs: string[]; script: string[] }>
    t.same(
      Object.keys(jobs).filter((name) => !name.startsWith('.')),
      [
        'test01:canary',
        'test01:wave 1',
        'prod:open',
        'prod:approve start',
        'prod:canary',
        'prod:approve',
        'prod:approve wave 1',
        'prod:wave 1',
        'prod:approve wave 2',
        'prod:wave 2',
      ],
    )
    const names = Object.keys(jobs)
    for (const [name, { needs = [], ...job }] of Object.entries(jobs)) {
      for (const other of needs)
        t.ok(
          names.indexOf(other) >= 0 && names.indexOf(other) < names.indexOf(name),
          `${name} comes after ${other}`,
        )
      t.notOk('rules' in job)
      if (typeof job['extends'] === 'string') t.ok(jobs[job['extends']], job['extends'])
    }
    t.match(jobs['prod:open']?.script.at(-1), /run --yes --until-wave canary --once --sha/)
    t.match(jobs['prod:wave 1']?.script.at(-1), /--until-wave 1 --wait "30m"/)
    t.notMatch(jobs['prod:wave 2']?.script.at(-1), '--until-wave', 'the last one goes to the end')
    t.match(jobs['prod:approve']?.['when'], 'manual')
    t.notMatch(child.stdout, '$[[')
    writeFileSync(join(cwd, 'lost.yml'), DECLARATION.replace(/^state.*\n/m, ''))
    t.match(await answerOf(['gitlab', '-c', 'lost.yml'], { cwd }), {
      code: 0,
      stderr: /the default \.patchrun, beside patchrun\.yml, and be gone with the job/,
    })
    writeFileSync(join(cwd, 'git.yml'), DECLARATION.replace(/^state.*$/m, 'state: { git: {} }'))
    t.match(await answerOf(['gitlab', '-c', 'git.yml', '--env', 'test01'], { cwd }), {
      code: 0,
      stderr: '',
    })
    const schema = JSON.parse(
      readFileSync(join(root, 'schemas/report.schema.json'), 'utf8'),
    ) as object
    const check = new Ajv({ allowUnionTypes: true, formats: { 'date-time': true } }).compile(schema)
    const json = await answerOf(['gitlab', '--env', 'test01', '--json', '--write', 'a.yml'], {
      cwd,
    })
    t.ok(check(JSON.parse(json.stdout)), JSON.stringify(check.errors))
  },
)

t.test('patchrun gitlab --write: only what is ours', async (t) => {
  const cwd = t.testdir({ 'patchrun.yml': DECLARATION, 'theirs.yml': 'build:\n  script: make\n' })
  const file = join(cwd, 'ci.yml')
  const say = (...args: string[]): ReturnType<typeof answerOf> =>
    answerOf(['gitlab', '--write', 'ci.yml', ...args], { cwd })
  t.match(await say('--check'), { code: 4, stdout: /would be created\n[^]*\+ include:/ })
  t.match(await say(), { code: 0, stdout: /^ci\.yml: created\n/ })
  writeFileSync(file, `# above\n${readFileSync(file, 'utf8')}# below\n`)
  t.match(await say('--check'), { code: 0, stdout: 'ci.yml: is up to date\n' })
  t.match(await say('--input', 'wait=1h'), { code: 0, stdout: /^ci\.yml: updated\n\+ +wait: 1h\n/ })
  t.match(
    readFileSync(file, 'utf8'),
    /^# above\n# patchrun gitlab: begin[^]*wait: 1h[^]*# patchrun gitlab: end\n# below\n$/,
  )
  t.match(await answerOf(['gitlab', '--write', 'theirs.yml'], { cwd }), {
    code: 2,
    stderr: /error usage\/not-ours/,
  })
  t.equal(readFileSync(join(cwd, 'theirs.yml'), 'utf8'), 'build:\n  script: make\n')
  for (const [i, text] of [END, `${END}\n${BEGIN}`, `${BEGIN}\n${BEGIN}\n${END}`].entries()) {
    writeFileSync(join(cwd, `bad${i}.yml`), text)
    await t.rejects(writeOwnLines(join(cwd, `bad${i}.yml`), 'x', false), { code: 'usage/not-ours' })
  }
  await t.rejects(writeOwnLines(join(cwd, 'none/x.yml'), 'x', false), {
    code: 'usage/cannot-write',
  })
  t.match(await answerOf(['gitlab', '--check'], { cwd }), { code: 2, stderr: /usage\/check-what/ })
})

t.test('a state that dies with the job is refused', async (t) => {
  const ask =
    (
      stateDirectory: string,
      env: Record<string, string> = { GITLAB_CI: 'true', CI_PROJECT_DIR: '/builds/a' },
    ) =>
    () =>
      requireKeptState({ stateDirectory, stateRemote: null }, { env })
  for (const inside of ['/builds/a', '/builds/a/.patchrun', '/builds/a/..x'])
    t.throws(ask(inside), { code: 'config/state-not-kept', exitCode: 3 }, inside)
  for (const outside of ['/var/lib/patchrun', '/builds/ab', '/builds'])
    t.doesNotThrow(ask(outside), outside)
  t.doesNotThrow(ask('/builds/a/.patchrun', { CI_PROJECT_DIR: '/builds/a' }), 'no job of GitLab')
  t.doesNotThrow(
    () =>
      requireKeptState(
        { stateDirectory: '/builds/a', stateRemote: { repository: 'x', ref: 'refs/patchrun/x' } },
        { env: { GITLAB_CI: 'true', CI_PROJECT_DIR: '/builds/a' } },
      ),
    'in refs of a repository',
  )
})

t.test('the examples of the page', async (t) => {
  const { inputs } = await readComponent()
  const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(
    (m) => load(m[1] ?? '') as Record<string, unknown>,
  )
  t.ok(examples.length >= 3, `${examples.length} examples`)
  for (const { include = [], schemaVersion } of examples as {
    include?: { inputs?: Record<string, unknown> }[]
    schemaVersion?: number
  }[]) {
    for (const one of include)
      for (const name of Object.keys(one.inputs ?? {})) t.ok(inputs[name], name)
    if (schemaVersion === undefined) continue
    const cwd = t.testdir()
    mkdirSync(join(cwd, 'x'))
    writeFileSync(
      join(cwd, 'x/patchrun.yml'),
      JSON.stringify(examples.find((e) => 'schemaVersion' in e)),
    )
    t.match(await answerOf(['gitlab', '-c', 'x/patchrun.yml'], { cwd }), {
      code: 0,
      stdout: /config: x\/patchrun\.yml/,
    })
  }
  for (const [line] of page.matchAll(/^ {4}patchrun gitlab.*$/gm)) {
    const cwd = t.testdir({ '.gitlab': {}, 'patchrun.yml': DECLARATION })
    const { code, stderr } = await answerOf(
      line
        .trim()
        .split(/ +/)
        .slice(1)
        .filter((w, i, all) => w !== '>' && all[i - 1] !== '>'),
      { cwd },
    )
    t.ok(code === 0 || code === 4, `${line}: ${stderr}`)
  }
})
