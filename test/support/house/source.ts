// SPDX-License-Identifier: Apache-2.0
// Reads what the rules of the house look at: imports and uses of the outside world, from the syntax
// tree.
import { posix } from 'node:path'
import ts from 'typescript'

export interface Import {
  /** As written: "./a.js", "node:fs", "chalk". */
  readonly specifier: string
  /** Path of the imported source in this tree, for a relative import. */
  readonly target?: string
  /** Package name or "node:…", for the others. */
  readonly package?: string
  /** What is imported by name: `import { a, b }`. */
  readonly names?: readonly string[]
  readonly line: number
}
export interface Use {
  /** In the words of the rule: "Date.now", "setTimeout". */
  readonly what: string
  readonly line: number
}
export interface Source {
  readonly path: string
  readonly imports: readonly Import[]
  readonly uses: readonly Use[]
}

// What tells the time, draws lots, waits, or reaches out without any import.
const EFFECT_GLOBALS = new Set([
  'process',
  'performance',
  'crypto',
  'console',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'globalThis',
  'require',
])
const EFFECT_MEMBERS = new Set(['Date.now', 'Math.random', 'Temporal.Now', 'AbortSignal.timeout'])

export function readSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const imports: Import[] = []
  const uses: Use[] = []
  const lineOf = (node: ts.Node): number =>
    file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
  const addImport = (specifier: ts.Expression, names?: readonly string[]): void => {
    // A computed import() could reach anything, so it counts as a use that no rule allows.
    if (ts.isStringLiteralLike(specifier))
      imports.push({
        ...resolveImport(path, specifier.text, lineOf(specifier)),
        ...(names && { names }),
      })
    else uses.push({ what: 'import() of a computed name', line: lineOf(specifier) })
  }
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
      addImport(node.moduleSpecifier, ts.isImportDeclaration(node) ? namesOf(node) : undefined)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      addImport(node.argument.literal)
    else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      node.arguments[0]
    )
      addImport(node.arguments[0])
    const what = useOf(node, file)
    if (what) uses.push({ what, line: lineOf(node) })
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { path, imports, uses }
}

function namesOf({ importClause }: ts.ImportDeclaration): string[] | undefined {
  const bindings = importClause?.namedBindings
  return bindings && ts.isNamedImports(bindings) && !importClause.name
    ? bindings.elements.map((e) => (e.propertyName ?? e.name).text)
    : undefined
}

function resolveImport(from: string, specifier: string, line: number): Import {
  if (specifier.startsWith('.')) {
    return {
      specifier,
      line,
      target: posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts'),
    }
  }
  const parts = specifier.split('/')
  const name = specifier.startsWith('node:')
    ? specifier
    : parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  return { specifier, line, package: name }
}

function useOf(node: ts.Node, file: ts.SourceFile): string | undefined {
  if (ts.isPropertyAccessExpression(node) && EFFECT_MEMBERS.has(node.getText(file)))
    return node.getText(file)
  // A date of a given time is a value; one of no time is the clock.
  if (
    ts.isNewExpression(node) &&
    node.expression.getText(file) === 'Date' &&
    !node.arguments?.length
  )
    return 'new Date()'
  if (ts.isCallExpression(node) && node.expression.getText(file) === 'Date') return 'Date()'
  if (ts.isIdentifier(node) && EFFECT_GLOBALS.has(node.text) && isValue(node)) return node.text
  return undefined
}

/** False where the identifier only names a member, a parameter or a type. */
function isValue(node: ts.Identifier): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent) || ts.isBindingElement(parent))
    return parent.initializer === node
  const names = 'name' in parent && parent.name === node
  return !names && !ts.isTypeReferenceNode(parent) && !ts.isQualifiedName(parent)
}
