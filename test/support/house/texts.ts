// SPDX-License-Identifier: Apache-2.0
// Rules for every file of the tree, whatever its language: licence line, length, links, and what
// must not be told.
import { posix } from 'node:path'

/** Path to text, of every text file that git tracks or would track. */
export type Tree = ReadonlyMap<string, string>
export type TextRule = (tree: Tree) => string[]

const CODE = /\.(ts|mjs|js|py|sh)$|^\.ci\/run$|^test\/lab\/[\w/-]+$/
const PLUGINS = 'lib/ansible/plugins/'
const MAX_LINES = 300
/** The linter counts these. */
const LINTED = /\.(ts|mjs|js)$/

export const spdx: TextRule = (tree) =>
  [...tree].flatMap(([path, text]) => {
    if (!CODE.test(path)) return []
    const head = text.split('\n', 3).join('\n')
    const licence = /SPDX-License-Identifier: ([\w.-]+)/.exec(head)?.[1]
    // What imports Ansible is a work under Ansible's licence, and so is what is loaded beside it.
    const wanted =
      path.startsWith(PLUGINS) || /^(roles\/[\w-]+|test\/support)\/action_plugins\//.test(path)
        ? 'GPL-3.0-or-later'
        : 'Apache-2.0'
    return licence === wanted
      ? []
      : [
          `${path}: ${licence ? `says ${licence}` : 'no SPDX line at the top'}, should say ${wanted}`,
        ]
  })

export const short: TextRule = (tree) =>
  [...tree].flatMap(([path, text]) => {
    const lines = text.split('\n').length - 1
    return CODE.test(path) && !LINTED.test(path) && lines > MAX_LINES
      ? [`${path}: ${lines} lines, at most ${MAX_LINES}`]
      : []
  })

/** Relative links in Markdown lead to files, and their anchors to headings. */
export const links: TextRule = (tree) =>
  [...tree].flatMap(([path, text]) => {
    if (!path.endsWith('.md')) return []
    const prose = withoutCode(text)
    return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^[a-z]+:/.test(link)) return []
      const [file = '', anchor] = link.split('#', 2)
      const target = file === '' ? path : posix.join(posix.dirname(path), file).replace(/\/$/, '')
      const known =
        tree.has(target) || [...tree.keys()].some((other) => other.startsWith(`${target}/`))
      if (!known) return [`${path}: links to ${link}, which is not there`]
      const page = tree.get(target)
      if (anchor && page !== undefined && !anchors(page).has(anchor))
        return [`${path}: links to ${link}, but there is no such heading`]
      return []
    })
  })

function withoutCode(text: string): string {
  return text.replace(/^( *)(```|~~~)[^]*?^\1\2/gm, '').replace(/`[^`\n]*`/g, '')
}

/** Headings as the anchors that code forges make of them. */
function anchors(page: string): Set<string> {
  const headings = page.replace(/^( *)(```|~~~)[^]*?^\1\2/gm, '').matchAll(/^#+ +(.+?) *#*$/gm)
  return new Set(
    [...headings].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

// The lab's nodes have addresses and homes of their own.
const OWN_NETWORK = /^(test\/lab\/|docs\/lab\.md$)/
const PRIVATE_PLACES: readonly (readonly [string, RegExp])[] = [
  // The bracket keeps this file from finding itself.
  ["a path of somebody's machine", /(?<![\w.~-])\/(?:wor[k]|Users|home|root)\/[\w.]/],
  [
    'a private host',
    /https?:\/\/(?:[^/\s]*@)?(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|[\w.-]+\.(?:internal|intranet|corp|lan|local)\b)/,
  ],
]

export const nothingPrivate: TextRule = (tree) =>
  [...tree].flatMap(([path, text]) => {
    const lock =
      path === 'package-lock.json' && text.includes('"resolved"')
        ? [`${path}: names the host of a registry ("resolved")`]
        : []
    if (OWN_NETWORK.test(path)) return lock
    const found = PRIVATE_PLACES.flatMap(([what, pattern]) => {
      const match = pattern.exec(text)
      return match
        ? [`${path}:${text.slice(0, match.index).split('\n').length} holds ${what}: ${match[0]}`]
        : []
    })
    return [...lock, ...found]
  })
