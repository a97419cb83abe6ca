// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { PatchrunError } from '../../lib/errors.js'
import { expandHosts, parseHosts } from '../../lib/fleet/names/host-expression.js'
import { foldHosts } from '../../lib/fleet/names/host-fold.js'

t.test('expands as Slurm and ClusterShell do', async (t) => {
  // What ClusterShell's nodeset -e answers, but for the rows marked so.
  const table: readonly [string, string][] = [
    ['node1', 'node1'],
    ['node[01-03]', 'node01 node02 node03'],
    ['m3a[001-003,010]', 'm3a001 m3a002 m3a003 m3a010'],
    ['r[1-2]n[01-02]', 'r1n01 r1n02 r2n01 r2n02'],
    ['n[1-2]-ib', 'n1-ib n2-ib'],
    ['n[1-10/3]', 'n1 n4 n7 n10'],
    ['n[08-10/2]', 'n08 n10'],
    ['n[9-11]', 'n9 n10 n11'],
    ['n[099-101]', 'n099 n100 n101'],
    ['n[0-2]', 'n0 n1 n2'],
    ['n[00-02]', 'n00 n01 n02'],
    ['n[1,01]', 'n1 n01'],
    ['a,b c', 'a b c'],
    ['n[1-4]!n2', 'n1 n3 n4'],
    ['n[1-4] -x n2', 'n1 n3 n4'],
    ['n[1-4]!n2,n2', 'n1 n3 n4 n2'],
    ['n1,n2!n1', 'n2'],
    ['n[1-5]&n[3-9],n7', 'n3 n4 n5 n7'],
    ['n[1-5] -i n[3-9]', 'n3 n4 n5'],
    ['n[1-3]^n[2-4]', 'n1 n4'],
    ['n[1-3] -X n[2-4]', 'n1 n4'],
    ['n[ 1-2 , 4 ]', 'n1 n2 n4'],
    ['n[1,1]', 'n1'],
    ['n[098-100].example.org', 'n098.example.org n099.example.org n100.example.org'],
    ['n[98-100]', 'n98 n99 n100'],
    ['n[08-10]', 'n08 n09 n10'],
    ['node-1', 'node-1'],
    ['_gw', '_gw'],
    // Ours: nodeset refuses neighbouring brackets.
    ['n[1-2][3-4]', 'n13 n14 n23 n24'],
  ]
  for (const [expression, names] of table)
    t.same(expandHosts(expression).join(' '), names, expression)
  // Slurm's: nodeset refuses it, but it can mean one thing only.
  t.equal(expandHosts('n[098-1001]').at(-1), 'n1001', 'a padded range may grow out of its padding')
  t.same(expandHosts('n[098-1001]').slice(0, 3), ['n098', 'n099', 'n100'])
})

t.test('says what is wrong, and in which column', async (t) => {
  const table: readonly [string, string, number, RegExp][] = [
    ['n[001-3]', 'config/host-expression', 3, /two paddings/],
    ['n[9-011]', 'config/host-expression', 3, /two paddings/],
    ['n[5-1]', 'config/host-expression', 3, /backwards/],
    ['n[1-3/0]', 'config/host-expression', 3, /step/],
    ['n[a-b]', 'config/host-expression', 3, /no number/],
    ['n[1, x]', 'config/host-expression', 6, /no number/],
    ['n[1:6]', 'config/host-expression', 3, /as Ansible writes it/],
    ['n[]', 'config/host-expression', 3, /empty brackets/],
    ['n[1,]', 'config/host-expression', 5, /comma too many/],
    ['n[1-2', 'config/host-expression', 2, /not closed/],
    ['n[[1]]', 'config/host-expression', 2, /not closed/],
    ['n1]', 'config/host-expression', 3, /closing bracket/],
    ['!n1', 'config/host-expression', 1, /no node beside/],
    ['n1,', 'config/host-expression', 3, /no node beside/],
    ['n1,,n2', 'config/host-expression', 4, /no node beside/],
    ['n[1-2]!!n1', 'config/host-expression', 8, /no node beside/],
    ['  ', 'config/host-expression', 1, /empty/],
    ['n1,@rack', 'config/host-expression', 4, /group/],
    ['n1,n*', 'config/host-expression', 5, /wildcard/],
    ['n1 all', 'config/host-name', 4, /group of Ansible's own/],
    ['ungrouped', 'config/host-name', 1, /group of Ansible's own/],
    ['localhost', 'config/host-name', 1, /machine patchrun runs on/],
    ['127.0.0.1', 'config/host-name', 1, /machine patchrun runs on/],
    ['~n.', 'config/host-name', 1, /pattern/],
    ['-n1', 'config/host-name', 1, /pattern/],
    ['fe80::1', 'config/host-name', 1, /pattern/],
    ['n1;rm', 'config/host-name', 1, /no host name/],
    ['nö', 'config/host-name', 1, /no host name/],
    ['.n1', 'config/host-name', 1, /no host name/],
    ['n[0-999999]', 'config/too-many-hosts', 1, /1,000,000/],
    ['n[1-999999999999999]m[1-999999999999999]', 'config/too-many-hosts', 1, /stands for/],
    ['n[1-60000],m[1-60000]', 'config/too-many-hosts', 12, /more than/],
  ]
  for (const [expression, code, column, words] of table) {
    const { problems } = parseHosts(expression)
    t.match(problems[0], { code, column }, expression)
    t.match(problems[0]?.message, words, expression)
    t.ok(problems[0]?.hint, expression)
  }
  t.equal(parseHosts('n[9-1],m[x],all').problems.length, 3, 'all mistakes at once')
  t.throws(() => expandHosts('n[5-1]'), PatchrunError)
})

t.test('a list entry may begin with "!", an expression of its own may not', async (t) => {
  t.match(parseHosts('!n1', { inList: true }), {
    problems: [],
    terms: [{ operator: 'difference', hosts: ['n1'], column: 2 }],
  })
  t.equal(parseHosts('&n1', { inList: true }).problems.length, 1)
  t.equal(parseHosts('!', { inList: true }).problems.length, 1)
})

t.test('folds', async (t) => {
  const table: readonly [string, string][] = [
    ['', ''],
    ['node01 node02', 'node[01-02]'],
    ['n1 n01 n2 n02', 'n[1-2,01-02]'],
    ['n9 n10 n11', 'n[9-11]'],
    ['n09 n10 n11', 'n[09-11]'],
    ['n099 n100', 'n[099-100]'],
    ['n1 n3 n5', 'n[1,3,5]'],
    ['r1n1 r1n2 r2n1 r2n2', 'r[1-2]n[1-2]'],
    ['r1n1 r1n2 r2n1', 'r1n[1-2],r2n1'],
    ['b a n10 n2', 'a,b,n[2,10]'],
    ['i-0123456789012345678 i-0123456789012345679', 'i-0123456789012345678,i-0123456789012345679'],
    ['n1 n1', 'n1'],
  ]
  for (const [names, folded] of table)
    t.equal(foldHosts(names.split(' ').filter(Boolean)), folded, names)
})
