// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { addTags } from '../../lib/engine/tags/tag-edit.js'

const lines = (...all: readonly string[]): string => all.map((l) => `${l}\n`).join('')

t.test('a tag goes to the end of its task, and nothing else moves', async (t) => {
  const before = lines(
    '# The site',
    '- hosts: all',
    '  tasks:',
    '    - name: x   # why',
    '      shell: |',
    '        a',
    '',
    '        b',
    '',
    '    # between',
    '    - name: y',
    '      apt:',
    '        name: [',
    '          a,',
    '          b  # two',
    '          ]',
    '',
    '    - { debug: { msg: hi } }',
    "    - stat: path='/x'",
    '    - copy: {dest: "/y",',
    '        src: y}',
    '    - meta: flush_handlers',
  )
  const after = lines(
    '# The site',
    '- hosts: all',
    '  tasks:',
    '    - name: x   # why',
    '      shell: |',
    '        a',
    '',
    '        b',
    '      tags: [HotChange]',
    '',
    '    # between',
    '    - name: y',
    '      apt:',
    '        name: [',
    '          a,',
    '          b  # two',
    '          ]',
    '      tags: [DrainChange]',
    '',
    '    - { tags: [HotChange], debug: { msg: hi } }',
    "    - stat: path='/x'",
    '      tags: [HotChange]',
    '    - copy: {dest: "/y",',
    '        src: y}',
    '      tags: [HotChange]',
    '    - meta: flush_handlers',
  )
  t.same(
    addTags(before, [
      { line: 4, tag: 'HotChange' },
      { line: 11, tag: 'DrainChange' },
      { line: 18, tag: 'HotChange' },
      { line: 19, tag: 'HotChange' },
      { line: 20, tag: 'HotChange' },
    ]),
    { text: after, left: [] },
  )
})

t.test('tags that are there are kept, whatever their form', async (t) => {
  for (const [before, after] of [
    ['  tags: web', '  tags: web,HotChange'],
    ['  tags: a, b  # c', '  tags: a, b,HotChange  # c'],
    ['  tags: "web"', '  tags: "web,HotChange"'],
    ["  tags: 'web'", "  tags: 'web,HotChange'"],
    ['  tags: [web, db]', '  tags: [HotChange, web, db]'],
    ['  tags: []', '  tags: [HotChange]'],
    ['  tags:\n    - web\n    - db # d', '  tags:\n    - HotChange\n    - web\n    - db # d'],
    ['  tags:\n  - web', '  tags:\n  - HotChange\n  - web'],
  ] as const)
    t.same(
      addTags(`- copy: x\n${before}\n  when: a\n`, [{ line: 1, tag: 'HotChange' }]),
      { text: `- copy: x\n${after}\n  when: a\n`, left: [] },
      before,
    )
})

t.test('blocks, ends of files, line ends', async (t) => {
  t.same(addTags('- copy: x', [{ line: 1, tag: 'A' }]).text, '- copy: x\n  tags: [A]')
  t.same(
    addTags('- copy: x\r\n  when: y\r\n- stat: z\r\n', [{ line: 1, tag: 'A' }]).text,
    '- copy: x\r\n  when: y\r\n  tags: [A]\r\n- stat: z\r\n',
  )
  t.same(
    addTags('- block:\n    - a: 1\n    - b: 2\n  when: c\n', [
      { line: 2, tag: 'A' },
      { line: 3, tag: 'B' },
    ]).text,
    '- block:\n    - a: 1\n      tags: [A]\n    - b: 2\n      tags: [B]\n  when: c\n',
  )
  t.same(
    addTags('- block:\n    - a: 1\n- c: >-\n    text\n    more\n\n\n- d: 1\n', [
      { line: 3, tag: 'A' },
    ]).text,
    '- block:\n    - a: 1\n- c: >-\n    text\n    more\n  tags: [A]\n\n\n- d: 1\n',
  )
  t.same(
    addTags('- a: !vault |\n    $ANSIBLE_VAULT\n- b: *x\n- c:\n', [
      { line: 1, tag: 'A' },
    ]).text.split('\n')[2],
    '  tags: [A]',
  )
  t.same(
    addTags('- a: "{{ b }}"\n  vars: { x: [1,\n    2\n   ] }\n- c: 1\n', [{ line: 1, tag: 'A' }])
      .text,
    '- a: "{{ b }}"\n  vars: { x: [1,\n    2\n   ] }\n  tags: [A]\n- c: 1\n',
  )
})

t.test('what cannot be done by itself is left, and named', async (t) => {
  t.throws(
    () =>
      addTags('- a: [1,\n  ]\n', [{ line: 1, tag: 'A' }]) &&
      addTags('- a: [1,\n]\n', [{ line: 1, tag: 'A' }]),
    { name: 'YAMLException' },
    'Ansible is less strict with closing brackets',
  )
  t.same(addTags('- a: 1\n', [{ line: 7, tag: 'A' }]), { text: '- a: 1\n', left: [7] })
  t.same(addTags('- a: 1\n  tags:\n', [{ line: 1, tag: 'A' }]).left, [1])
  t.same(addTags('- a: 1\n  tags: |\n    x\n', [{ line: 1, tag: 'A' }]).left, [1])
})
