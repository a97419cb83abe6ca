// SPDX-License-Identifier: Apache-2.0
// A rollout that fails and one that gets through, with secrets of every origin in names, diffs,
// messages and errors; then a search for them in all that was written, said, or to be seen in the
// process list. Beside each secret stands a word that is none: where that is found, a secret would
// be.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { filesBelow } from '../support/files-below.js'
import { start, type Ended } from '../support/command.js'
import { makePlayground, site } from '../support/playground.js'
import { needsAnsible as options, OFTEN, SELDOM } from '../support/say.js'
import { inFull } from '../support/size.js'

t.setTimeout(1_200_000)

const SECRETS: Readonly<Record<string, string>> = {
  'in an encrypted file of the repository': 'filed-S3CRET-plugh',
  'as an encrypted value of the repository': 'inline-S3CRET-frotz',
  'as an encrypted value of patchrun.yml': 'declared-S3CRET-xyzzy',
  'in the environment': 'environment-S3CRET-gnusto',
  'as the password in a file': 'password-S3CRET-rezrov',
  'as the password of a script, from the environment': 'script-S3CRET-blorb',
}
/** Of patchrun's own: no node gets them. */
const OWN: Readonly<Record<string, string>> = {
  'in the address of a webhook': 'address-S3CRET-zifmia',
  'as the key of a webhook': 'key-S3CRET-abcdefghijklmnopqrstuvwxyz',
}
const [FILED, INLINE, DECLARED, ENVIRONMENT, PASSWORD, SCRIPT] = Object.values(SECRETS)
const [ADDRESS, KEY] = Object.values(OWN)
/** Found wherever a secret would be. */
const WORD = 'plain-W0RD-nitfol'

const all = (lead: string): string =>
  `${lead} ${WORD} {{ filed }} {{ inline }} {{ declared }} {{ lookup('env', 'SITE_PASSWORD') }} {{ lookup('file', pw) }} {{ lookup('env', 'VAULT_PASSWORD') }}`
const tasks = (broken: boolean): string =>
  site(`- name: ${all('named')}
  ansible.builtin.debug: { msg: "${all('printed')}" }
- name: writes
  ansible.builtin.copy: { dest: "{{ node_root }}/written", content: "${all('written')}\\n", mode: "0600" }
  tags: [HotChange]
- name: fills in
  ansible.builtin.template: { src: all.j2, dest: "{{ node_root }}/filled", mode: "0600" }
  tags: [HotChange]
- name: loops
  ansible.builtin.debug: { msg: "{{ item }}" }
  loop: ["${WORD} {{ filed }}", "{{ inline }}"]
- name: fails on standard error
  ansible.builtin.command: { cmd: sh -c 'cat >&2; exit 1', stdin: "${all('failed')}" }
  check_mode: false
  changed_when: false
  ignore_errors: true
- name: shows in the process list
  ansible.builtin.command: sh -c 'sleep 1.5' ${WORD}
  check_mode: false
  changed_when: false
- name: gives up
  ansible.builtin.fail: { msg: "${all('gave up')}" }
  when: ${String(broken)} and not ansible_check_mode
  tags: [HotChange]`)

/** Every command line that was to be seen until `over`. */
async function processList(over: Promise<unknown>): Promise<string> {
  const seen = new Set<string>()
  let going = true
  void over.finally(() => (going = false))
  while (going) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
      } catch {
        // It has ended.
      }
    }
    await sleep(200)
  }
  return [...seen].join('\n')
}

/** All that ever was in it: commits with their messages, and files. */
const objectsOf = (git: string): string =>
  execFileSync('git', ['--git-dir', git, 'cat-file', '--batch-all-objects', '--batch'], {
    encoding: 'latin1',
    maxBuffer: 2 ** 28,
  })

// What Ansible writes of a value, and where, differs between versions.
for (const ansible of new Set([OFTEN, SELDOM]))
  await inFull(
    t,
    `no secret is found where it does not belong: ${ansible === OFTEN ? 'the newest' : 'the oldest'} Ansible`,
    options,
    async (t) => {
      const ground = makePlayground(t.testdir(), ansible, {
        nodes: 1,
        canary: 'node01',
        state: { git: { repository: './state.git' } },
      })
      execFileSync('git', ['init', '--quiet', '--bare', join(ground.directory, 'state.git')])
      const at = (path: string): string => join(ground.directory, path)
      for (const name of ['home', 'tmp']) mkdirSync(at(name))
      writeFileSync(at('password'), `${PASSWORD}\n`, { mode: 0o600 })
      writeFileSync(at('lab.sh'), '#!/bin/sh\nprintf "%s\\n" "$VAULT_PASSWORD"\n', { mode: 0o700 })
      const env = {
        SITE_PASSWORD: ENVIRONMENT,
        VAULT_PASSWORD: SCRIPT,
        HOME: at('home'),
        TMPDIR: at('tmp'),
        LC_ALL: 'C.UTF-8',
      }
      const seal = (id: string, text = ''): string =>
        execFileSync(
          join(ansible, 'ansible-vault'),
          [
            'encrypt',
            '--vault-id',
            `site@${at('password')}`,
            '--vault-id',
            `lab@${at('lab.sh')}`,
            '--encrypt-vault-id',
            id,
            '--output',
            '-',
          ],
          {
            input: text,
            encoding: 'utf8',
            stdio: ['pipe', 'pipe', 'ignore'],
            env: { ...process.env, ...env },
          },
        )

      const declared = JSON.parse(readFileSync(ground.file, 'utf8')) as {
        ansible: object
        inventory: { vars: Record<string, unknown> }
      }
      declared.inventory.vars['declared'] = 'SEALED'
      declared.inventory.vars['pw'] = at('password')
      declared.ansible = {
        ...declared.ansible,
        vault: [
          { id: 'site', file: './password' },
          { id: 'lab', script: './lab.sh' },
        ],
      }
      const told: string[] = []
      const server = createServer((request, response) => {
        told.push(request.url ?? '')
        // The first is refused: what is written of that may not hold the address either.
        request.resume().on('end', () => response.writeHead(told.length === 1 ? 500 : 200).end())
      }).listen(0, '127.0.0.1')
      t.teardown(() => server.close())
      await once(server, 'listening')
      const sealed: Readonly<Record<string, string | undefined>> = {
        SEALED: DECLARED,
        URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${ADDRESS}`,
        KEY,
      }
      // JSON with a tag is YAML.
      const text = JSON.stringify(
        { ...declared, notify: { desk: { webhook: { url: 'URL', secret: 'KEY' } } } },
        null,
        2,
      )
      writeFileSync(
        ground.file,
        Object.entries(sealed).reduce(
          (whole, [name, secret]) =>
            whole.replace(`"${name}"`, () => `!vault ${JSON.stringify(seal('site', secret))}`),
          text,
        ),
      )
      const files = (broken: boolean): Record<string, string> => ({
        'site.yml': tasks(broken),
        'templates/all.j2': `${all('filled')}\n`,
        'group_vars/all/secret.yml': seal('site', `filed: ${FILED}\n`),
        'group_vars/all/plain.yml': `inline: !vault |\n${seal('lab', INLINE).replace(/^/gm, '  ')}\n`,
      })

      const said: Ended[] = []
      const say = async (args: readonly string[], code: number): Promise<string> => {
        const running = start(args, { cwd: ground.directory, env })
        const list = await processList(running.ended)
        const ended = await running.ended
        said.push(ended)
        t.equal(ended.code, code, `${args.join(' ')}: ${ended.stderr.slice(-600)}`)
        return list
      }
      ground.commit('breaks', files(true))
      const broken = await say(['run', '--yes', '-v'], 4)
      await say(['report', '--json'], 0)
      await say(['report', '--format', 'junit'], 0)
      await say(['status', '--json'], 0)
      ground.commit('mends', files(false))
      const mended = await say(['run', '--yes', '-v'], 0)
      await say(['detect', '-v', '--json'], 0)
      await say(['inventory', '--list'], 0)
      const pinned = at('.patchrun/playbooks')
      const objects = filesBelow(pinned)
        .filter((path) => path.endsWith('/HEAD'))
        .map(dirname)
        .filter((git) => existsSync(join(git, 'objects')))
        .map(objectsOf)
        .join('\n')

      const searched: readonly (readonly [string, string])[] = [
        ['the process list of a run that fails', broken],
        ['the process list of a run', mended],
        ['git objects of the playbooks', objects],
        ['git objects of the state', objectsOf(at('state.git'))],
        ...said.flatMap(({ stdout, stderr }, i): readonly [string, string][] => [
          [`standard output ${i}`, stdout],
          [`standard error ${i}`, stderr],
        ]),
        ...['.patchrun', 'home', 'tmp'].flatMap((name) =>
          filesBelow(at(name)).map((path): [string, string] => [
            path,
            readFileSync(path, 'latin1'),
          ]),
        ),
      ]
      for (const [origin, secret] of Object.entries(SECRETS)) {
        t.match(ground.read('node01', 'written'), secret, `${origin}: the node has it`)
        t.match(ground.read('node01', 'filled'), secret, `${origin}: and from the template`)
        t.same(
          searched.filter(([, text]) => text.includes(secret)).map(([where]) => where),
          [],
          origin,
        )
      }
      for (const [origin, secret] of Object.entries(OWN))
        t.same(
          searched.filter(([, text]) => text.includes(secret)).map(([where]) => where),
          [],
          origin,
        )
      t.ok(
        told.length > 1 && told.every((url) => url === `/${ADDRESS}`),
        'the webhook was called at its address',
      )
      const found = (pattern: RegExp): boolean =>
        searched.some(([where, text]) => pattern.test(where) && text.includes(WORD))
      for (const where of [
        /process list of a run$/,
        /process list of a run that fails/,
        /git objects of the playbooks/,
        /git objects of the state/,
        /events\.jsonl$/,
        /ansible\.log$/,
        /standard error 0/,
        /standard output 1/,
        /standard output 2/,
        /standard output 3/,
      ])
        t.ok(found(where), `the search finds what is there: ${String(where)}`)
    },
  )
