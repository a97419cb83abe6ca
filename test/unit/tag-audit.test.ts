// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { LintTaskEvent, TaskInfo } from '../../lib/ansible/events/run-events.js'
import { auditTags } from '../../lib/outcome/tags/tag-audit.js'
import type { TagFindingKind } from '../../lib/outcome/tags/tag-types.js'
import { harmless, shortAction } from '../../lib/outcome/summary/task-kinds.js'
import { nearNames } from '../../lib/git/mirror/near-names.js'

let counter = 0
function event(task: Partial<TaskInfo>, more: Partial<LintTaskEvent> = {}): LintTaskEvent {
  const id = `${++counter}`
  return {
    v: 1,
    seq: counter,
    ts: 0,
    ev: 'lint_task',
    play: 'play',
    playNumber: 0,
    ...more,
    task: {
      id,
      name: `t${id}`,
      action: 'ansible.builtin.copy',
      tags: [],
      role: null,
      file: 'site.yml',
      line: counter,
      handler: false,
      checkMode: true,
      noLog: false,
      notify: [],
      ...task,
    },
  }
}
const kinds = (...events: LintTaskEvent[]): TagFindingKind[] =>
  auditTags(events, { untagged: 'drain' }).findings.map((f) => f.kind)

t.test('each finding, and its neighbour that is none', async (t) => {
  const hot = ['HotChange'],
    drain = ['DrainChange']
  t.same(kinds(event({})), ['untagged'])
  t.same(kinds(event({ tags: hot })), [])
  t.same(kinds(event({ tags: drain })), [])
  t.same(kinds(event({ tags: ['hotchange'] })), ['untagged'], 'tags are exact')
  t.same(kinds(event({ action: 'ansible.builtin.debug' })), [])
  t.same(kinds(event({ action: 'community.general.zfs_facts' })), [])
  t.same(kinds(event({ tags: [...hot, ...drain] })), ['both-tags'])
  t.same(kinds(event({ tags: hot, action: 'ansible.builtin.shell' })), ['unpredictable'])
  t.same(kinds(event({ tags: hot, action: 'ansible.builtin.shell', checkMode: false })), [])
  t.same(kinds(event({ tags: hot, action: 'ansible.builtin.shell' }, { conditionalRun: true })), [])
  t.same(
    kinds(event({ tags: hot, action: 'ansible.builtin.raw' }, { conditionalRun: true })),
    ['unpredictable'],
    'raw knows no creates',
  )
  t.same(kinds(event({ action: 'ansible.builtin.command', neverChanged: true })), ['unpredictable'])
  t.same(
    kinds(event({ action: 'ansible.builtin.command', checkMode: false, neverChanged: true })),
    [],
  )
  t.same(
    kinds(
      event(
        { action: 'ansible.builtin.include_tasks' },
        { opaque: 'its name is a template: {{ x }}' },
      ),
    ),
    ['opaque'],
  )
  t.same(kinds(event({ tags: ['{{ x }}'] }, { opaque: 'its tags are a template: {{ x }}' })), [
    'untagged',
    'opaque',
  ])
  t.same(kinds(event({ tags: drain, checkMode: false })), ['drain-without-check'])
  t.same(kinds(event({ tags: hot, checkMode: false })), [])
  t.same(kinds(event({ tags: [...drain, 'always'] })), ['always-drain'])
  t.same(kinds(event({ tags: ['always'] })), ['untagged'])
  t.same(kinds(event({ tags: ['never'] })), [])
  t.same(kinds(event({ tags: [...hot, 'never'] })), ['never-but-hot'])
})

t.test('handlers: by name, by role and name, by topic, within the play', async (t) => {
  const handler = (more: Partial<TaskInfo>, rest: Partial<LintTaskEvent> = {}) =>
    event(
      {
        handler: true,
        tags: ['DrainChange'],
        action: 'ansible.builtin.service',
        name: 'web : restart',
        ...more,
      },
      rest,
    )
  const notifier = (notify: string[], tags = ['HotChange']) => event({ tags, notify })
  t.same(kinds(notifier(['restart']), handler({})), ['hot-notifies-drain'])
  t.same(kinds(notifier(['web : restart']), handler({})), ['hot-notifies-drain'])
  t.same(kinds(notifier(['topic']), handler({}, { listen: ['topic'] })), ['hot-notifies-drain'])
  t.same(kinds(notifier(['restart'], ['always', 'DrainChange']), handler({})).sort(), [
    'always-drain',
    'hot-notifies-drain',
  ])
  t.same(kinds(notifier(['other']), handler({})), [])
  t.same(kinds(notifier(['restart'], ['DrainChange']), handler({})), [])
  t.same(kinds(notifier(['restart']), handler({}, { playNumber: 1 })), [])
  t.same(kinds(notifier(['restart']), handler({ tags: ['HotChange'] })), [])
  const { findings } = auditTags([notifier(['restart']), handler({ tags: [] })], {
    untagged: 'drain',
  })
  t.match(findings, [
    { kind: 'untagged', message: /handler "web : restart".*notified by.*stops the run/ },
  ])
  const [found] = auditTags([notifier(['restart']), handler({ line: 77 })], {
    untagged: 'drain',
  }).findings
  t.match(found, { message: /"web : restart" \(site\.yml:77\)/, hint: /reload/ })
})

t.test('includes and variables that a Hot run leaves out', async (t) => {
  const include = (tags: string[], more: Partial<LintTaskEvent> = {}) =>
    event({ action: 'ansible.builtin.include_tasks', tags }, more)
  const outer = include([])
  const inner = include(['HotChange'], { include: outer.task.id })
  const leaf = event({ tags: ['HotChange'] }, { include: inner.task.id })
  const { findings } = auditTags([outer, inner, leaf], { untagged: 'drain' })
  t.match(findings, [{ kind: 'hidden-by-include', task: { id: outer.task.id } }])
  const tagged = include(['always'])
  t.same(kinds(tagged, event({ tags: ['HotChange'] }, { include: tagged.task.id })), [])
  t.same(kinds(outer, event({ tags: ['DrainChange'] }, { include: outer.task.id })), [])
  const reads = (tags: string[]) =>
    event({ action: 'ansible.builtin.stat', tags }, { registers: ['found'] })
  const user = event({ tags: ['HotChange'] }, { uses: ['found'] })
  t.same(kinds(reads([]), user), ['register-skipped'])
  t.same(kinds(reads(['always']), user), [])
  t.same(kinds(reads([]), reads(['HotChange']), user), [], 'one of several setters is selected')
  t.same(kinds(reads([]), event({ tags: ['DrainChange'] }, { uses: ['found'] })), [])
})

t.test('counts, standings, the words of the policy', async (t) => {
  const audit = auditTags(
    [
      event({}),
      event({ tags: ['HotChange'] }),
      event({ handler: true, tags: ['DrainChange'] }),
      event({ action: 'ansible.builtin.meta' }),
    ],
    { untagged: 'error' },
  )
  t.match(audit.counts, {
    tasks: 4,
    handlers: 1,
    standing: { hot: 1, drain: 1, both: 0, untagged: 1, exempt: 1 },
    findings: { untagged: 1, opaque: 0 },
  })
  t.match(audit.findings[0], { message: /ERROR/, file: 'site.yml', line: Number })
  t.same(
    audit.tasks.map((task) => task.findings),
    [['untagged'], [], [], []],
  )
  t.match(audit.tasks[3]?.reason, /steers/)
  t.match(
    auditTags([event({})], { untagged: 'drain' }).findings[0]?.message,
    /counts as DrainChange/,
  )
  t.equal(shortAction('stat'), 'stat')
  t.equal(harmless('ansible.builtin.file'), null)
  t.same(auditTags([], { untagged: 'drain' }).findings, [])
})

t.test('near names', async (t) => {
  t.same(nearNames('mian', ['main', 'release', 'feature/x']), ['main'])
  t.same(nearNames('Main', ['main']), ['main'])
  t.same(nearNames('site.yml', ['playbooks/site.yml', 'a.yml']), ['playbooks/site.yml'])
  t.same(nearNames('zzz', ['main']), [])
})
