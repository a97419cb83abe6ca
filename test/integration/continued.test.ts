// SPDX-License-Identifier: Apache-2.0
// A rollout that an earlier version began, and whose journal says nothing of what an apply left
// undone: it is finished all the same.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import t from 'tap'
import { encodeLine, START, type JournalEntry } from '../../lib/store/journal/journal-line.js'
import { makePlayground, site, writeTask } from '../support/playground.js'
import { needsAnsible, OFTEN, run, say, stateOf } from '../support/say.js'
import { inQuick } from '../support/size.js'

t.setTimeout(600_000)

/** What version 0.1.0 wrote of a canary whose apply failed. */
const FIXTURE = resolve(import.meta.dirname, '../../../test/fixtures/journal-failed-apply.jsonl')
const THEIR_SHA = 'acbf391dbba0a19339b93e7905766dbe520fe2c7'

await inQuick(t, 'a rollout that an earlier version began is finished', needsAnsible, async (t) => {
  const ground = makePlayground(t.testdir(), OFTEN, {
    nodes: 3,
    canary: 'node01',
    rollout: { approval: ['wide'], soak: '0s', retries: { attempts: 1 }, maxFailed: 2 },
  })
  const sha = ground.commit('version 1', {
    'site.yml': site(`${writeTask('etc/version', '1\n')}- name: needs a licence
  ansible.builtin.assert: { that: "ansible_check_mode or inventory_hostname != 'node01' or (node_root ~ '/licence') is exists", quiet: true }
  tags: [HotChange]
`),
  })
  const text = readFileSync(FIXTURE, 'utf8')
    .replaceAll(THEIR_SHA, sha)
    .replaceAll(THEIR_SHA.slice(0, 8), sha.slice(0, 8))
  let at = START
  const lines = text
    .trim()
    .split('\n')
    .map((line) => {
      const encoded = encodeLine(JSON.parse(line) as JournalEntry, at)
      at = encoded.link
      return encoded.line
    })
  const journal = stateOf(ground, 'journal.jsonl')
  mkdirSync(dirname(journal), { recursive: true })
  writeFileSync(journal, lines.join(''), { mode: 0o600 })
  // As their apply left it: the file was written, what came after it failed.
  ground.write('node01', 'etc/version', '1\n')

  t.match(await say(ground, ['status']), { code: 0, stdout: /node01: task "needs a licence"/ })
  t.match(await say(ground, ['retry']), { code: 0 })
  const failed = await run(ground, '--once')
  t.match(
    failed,
    { code: 4, stderr: /1 HOT \(to be applied again\)/ },
    'nothing would change there any more, and it is not GOOD: the task never ran to its end',
  )
  ground.write('node01', 'licence', 'ok')
  t.match(await say(ground, ['retry']), { code: 0 })
  t.match(await run(ground, '--once'), {
    code: 5,
    stderr: /1 HOT \(to be applied again\)[^]*1 GOOD/,
  })
  t.match(await say(ground, ['approve', '--sha', sha]), { code: 0 })
  t.match(await run(ground), { code: 0, stderr: /every node is GOOD/ })
  t.same(
    ['node01', 'node02', 'node03'].map((n) => ground.read(n, 'etc/version')),
    ['1\n', '1\n', '1\n'],
  )
})
