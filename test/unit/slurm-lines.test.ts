// SPDX-License-Identifier: Apache-2.0
// Lines of `scontrol -o show node` as the roles read them: texts that people wrote stand beside the
// reason.
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import t from 'tap'

const FILES = resolve(import.meta.dirname, '../../../roles/slurm_observe/files')

/** Reason, by whom, and when, of each line. */
const read = (lines: readonly string[]): unknown =>
  JSON.parse(
    execFileSync(
      'python3',
      [
        '-B',
        '-c',
        'import json, sys, records; print(json.dumps([[n["reason"], n["reasonBy"], n["reasonAt"]] for n in map(records.node_of, json.load(sys.stdin))]))',
      ],
      { cwd: FILES, input: JSON.stringify(lines), encoding: 'utf8' },
    ),
  )
const line = (tail: string): string =>
  `NodeName=node01 Arch=x86_64 CoresPerSocket=1 CPUAlloc=0 CPUTot=2 State=IDLE+DRAIN ThreadsPerCore=1 BootTime=1764406900 SlurmdStartTime=1764406901 ${tail}`
const OURS = 'patchrun lab/default r1-0123abcd 0123abcd4567'

t.test('the reason ends where the next field begins', async (t) => {
  for (const [tail, expected] of [
    [`Reason=${OURS} [root@1764407000] `, [OURS, 'root', 1764407000]],
    [
      `Reason=${OURS} [root@1764407000] Comment=seen by vendor [jdoe@2026-01-02]`,
      [OURS, 'root', 1764407000],
    ],
    [
      `Reason=${OURS} [root@1764407000] Comment=a b Extra={"x": "[y@1]"}`,
      [OURS, 'root', 1764407000],
    ],
    [
      `Reason=${OURS} [root@1764407000] Comment=Reason=fan [ann@1764400000]`,
      [OURS, 'root', 1764407000],
    ],
    [
      `Reason=fan, see [jdoe@5] of last week [root@1764407000] Comment=x`,
      ['fan, see [jdoe@5] of last week', 'root', 1764407000],
    ],
    [
      `Reason=${OURS} : reboot issued [root@1764407000] `,
      [`${OURS} : reboot issued`, 'root', 1764407000],
    ],
    ['Reason=none [root@Unknown] Comment=x', ['none', 'root', null]],
    [
      'Reason=not delivered yet Comment=seen by [jdoe@2026-01-02]',
      ['not delivered yet', null, null],
    ],
    ['Reason=not delivered yet', ['not delivered yet', null, null]],
    ['Comment=seen by vendor [jdoe@2026-01-02]', ['', null, null]],
    ['Comment=Seen', ['', null, null]],
  ] as const)
    t.same(read([line(tail)]), [expected], tail)
})
