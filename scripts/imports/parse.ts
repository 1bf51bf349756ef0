import { parseSync, Visitor } from 'oxc-parser'

/** One import of a file, in whichever of the six spellings of TypeScript it was written. */
export interface Import {
  readonly line: number
  /** What stands between the quotes; undefined when the name is computed. */
  readonly specifier: string | undefined
  /** Whether the import is gone after type stripping. */
  readonly typesOnly: boolean
}

export interface ParseFailure {
  readonly line: number
  readonly message: string
}

export interface ParsedFile {
  readonly imports: readonly Import[]
  readonly failures: readonly ParseFailure[]
}

interface Node {
  readonly type: string
  readonly start: number
}

/** Everything that `text` imports, types and dynamic imports included, in the order of the text. */
export function parseImports(path: string, text: string): ParsedFile {
  const { program, errors } = parseSync(path, text)
  const imports: Import[] = []
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length

  const add = (node: Node, source: Node | null, typesOnly: boolean): void => {
    if (source === null) return
    imports.push({ line: lineOf(node.start), specifier: literalValue(source), typesOnly })
  }

  // `import { type A }` stays behind as `import {}` under verbatimModuleSyntax, so only the statement's own kind tells.
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => add(node, node.source, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => add(node, node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node, node.source, false),
    TSImportType: (node) => add(node, node.source, true),
    TSExternalModuleReference: (node) => add(node, node.expression, false),
    CallExpression: (node) => {
      const [argument] = node.arguments
      const isRequire = node.callee.type === 'Identifier' && node.callee.name === 'require'
      if (isRequire && argument !== undefined) add(node, argument, false)
    },
  }).visit(program)

  const failures = errors.map(({ message, labels }) => ({ line: lineOf(labels[0]?.start ?? 0), message }))
  return { imports: imports.sort((a, b) => a.line - b.line), failures }
}

function literalValue(source: Node): string | undefined {
  return 'value' in source && typeof source.value === 'string' ? source.value : undefined
}
