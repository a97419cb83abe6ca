// SPDX-License-Identifier: Apache-2.0
// A repository whose tasks have no tags: what is proposed for them, as a patch that git takes, and
// counted without one.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { SuggestReport } from '../../lib/report/model/answers.js'
import { makePlayground, site, writingAction } from '../support/playground.js'
import { edit, needsAnsible, OFTEN, run, say, SELDOM } from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(1_200_000)

/**
 * `module` stands for the copies that are only counted, or whose file is only read back; one is
 * always the real module.
 */
const tasks = (module = 'ansible.builtin.copy'): string => `- name: keep the message of the day
  ansible.builtin.copy: { dest: "{{ node_root }}/etc/motd", content: "hello\\n", mode: "0644" }   # for people
  notify: say so
- name: look at the release
  ansible.builtin.stat:
    path: "{{ node_root }}/etc/hostname"
  register: release
- name: write what was seen
  ${module}:
    dest: "{{ node_root }}/etc/seen"
    content: "exists: {{ release.stat.exists }}\\n"
    mode: "0644"
  tags: [web]
- include_tasks: more.yml
- name: the modules of the kernel
  ${module}:
    dest: "{{ node_root }}/etc/modprobe.d/x.conf"
    content: |
      options x

    mode: "0644"
- name: tagged already
  ${module}: { dest: "{{ node_root }}/etc/old", content: "old\\n", mode: "0644" }
  tags: HotChange
`
const handlers = (module = 'ansible.builtin.copy'): string => `- name: say so
  ${module}: { dest: "{{ node_root }}/etc/told", content: "told\\n", mode: "0644" }
`
const more = (module = 'ansible.builtin.copy'): string => `- name: included
  ${module}: { dest: "{{ node_root }}/etc/included", content: "i\\n", mode: "0644" }
`

await inQuick(t, 'as a patch', needsAnsible, async (t) => {
  const here = makePlayground(t.testdir(), OFTEN, { nodes: 1, canary: 'node01' })
  here.commit('untagged', { 'site.yml': site(tasks(), handlers()), 'more.yml': more() })
  const { suggestions } = JSON.parse(
    (await say(here, ['lint', '--suggest', '--json'])).stdout,
  ) as SuggestReport
  t.match(
    Object.fromEntries(
      suggestions.map(({ task, tag, reason, inPatch }) => [task, [tag, reason, inPatch]]),
    ),
    {
      'keep the message of the day': ['HotChange', 'a file', true],
      'look at the release': ['HotChange', /"write what was seen" needs what it sets/, true],
      'write what was seen': ['HotChange', 'a file', true],
      include_tasks: ['HotChange', /includes "included"/, true],
      'the modules of the kernel': ['DrainChange', /modprobe\.d/, true],
      included: ['HotChange', 'a file', true],
      'say so': ['HotChange', 'a file', true],
    },
  )
  t.equal(suggestions.length, 7)
  const { stdout: patch, stderr, code } = await say(here, ['lint', '--suggest'])
  t.equal(code, 0)
  t.match(
    stderr,
    /site\.yml:\d+ "the modules of the kernel": DrainChange, .*\n[^]*7 tasks: 6 HotChange, 1 DrainChange/,
  )
  const repository = join(here.directory, 'playbooks')
  execFileSync('git', ['apply', '--check', '-'], { cwd: repository, input: patch })
  execFileSync('git', ['apply', '-'], { cwd: repository, input: patch })
  const text = readFileSync(join(repository, 'site.yml'), 'utf8')
  t.match(
    text,
    /mode: "0644" \} {3}# for people\n {6}notify: say so\n {6}tags: \[HotChange\]\n/,
    'comments stay',
  )
  t.match(text, /tags: \[HotChange, web\]/)
  here.git('commit', '-qam', 'tagged')
  t.match(
    JSON.parse((await say(here, ['lint', '--json'])).stdout),
    { counts: { standing: { untagged: 0, drain: 1 } }, findings: [] },
    'nothing is left to say',
  )
  t.match(await say(here, ['lint', '--suggest']), {
    code: 0,
    stdout: '',
    stderr: /every task that needs a tag has one/,
  })
  t.match(await say(here, ['lint', '--suggest', '--strict']), {
    code: 2,
    stderr: /usage\/two-formats/,
  })
})

const counted = async (t: Test, bin: string): Promise<void> => {
  const here = makePlayground(t.testdir(), bin, {
    nodes: 1,
    canary: 'node01',
    changes: { untagged: 'suggest' },
  })
  // To what is proposed the repository's own `copy` is a copy, and it costs no process.
  here.commit('untagged', {
    'site.yml': site(tasks('copy'), handlers('copy')),
    'more.yml': more('copy'),
    'action_plugins/copy.py': writingAction(),
  })
  const looked = await say(here, ['detect'])
  t.match(
    looked.stderr,
    /7 tasks without a tag count as proposed, 6 as HotChange and 1 as DrainChange/,
  )
  t.match(looked.stdout, /DRAIN/)
  here.commit('no kernel', {
    'site.yml': site(
      tasks('copy').replace(/- name: the modules[^]*?(?=- name: tagged)/, ''),
      handlers('copy'),
    ),
  })
  const out = await run(here)
  t.equal(out.code, 0, out.stderr)
  for (const [file, text] of Object.entries({
    motd: 'hello\n',
    told: 'told\n',
    seen: 'exists: True\n',
    included: 'i\n',
    old: 'old\n',
  }))
    t.equal(here.read('node01', `etc/${file}`), text, file)
  t.match(out.stderr, /6 tasks without a tag count as proposed/)
  edit(here, (d) => (d['changes'] = { untagged: 'error' }))
  here.commit('again', {
    'site.yml': site(tasks('copy').replace('hello', 'good bye'), handlers('copy')),
  })
  t.match(await run(here), { code: 4 }, 'without them it is an error')
}
await inQuick(t, 'counted: newest', needsAnsible, (t) => counted(t, OFTEN))
await inFull(t, 'counted: oldest', needsAnsible, (t) => counted(t, SELDOM))

await inQuick(
  t,
  'a playbook without any tag is told so at once, with the way out',
  needsAnsible,
  async (t) => {
    const here = makePlayground(t.testdir(), OFTEN, { nodes: 1, canary: 'node01' })
    here.commit('untagged', {
      'site.yml': site(tasks('copy').replace('tags: HotChange', 'tags: other'), handlers('copy')),
      'more.yml': more('copy'),
      'action_plugins/copy.py': writingAction(),
    })
    const words =
      /no file of the playbook repository has HotChange or DrainChange: every change needs its node drained, and no scheduler is declared[^\n]*lint --suggest[^\n]*changes\.untagged: suggest/
    t.match(JSON.parse((await say(here, ['validate', '--json'])).stdout), { warnings: [words] })
    t.match(await say(here, ['plan']), { stderr: words })
    t.match(await run(here, '--once'), { code: 5, stderr: words })
    edit(here, (d) => (d['changes'] = { untagged: 'error' }))
    t.match((await say(here, ['validate'])).stdout, /every change is an error/)
    edit(here, (d) => (d['changes'] = { untagged: 'suggest' }))
    t.notMatch((await say(here, ['validate'])).stdout, /no file/)
    here.commit('one tag', {
      'roles/x/tasks/main.yml': '# nothing\n- debug: {}\n  tags: DrainChange\n',
    })
    edit(here, (d) => (d['changes'] = { untagged: 'drain' }))
    t.notMatch((await say(here, ['validate'])).stdout, /no file/)
  },
)
