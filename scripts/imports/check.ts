/*
 * Judges the imports of a tree that is given as a map from path to text, so a test can plant what it wants found.
 *
 * Invariant: a report without problems means that every file parsed and that every import in it was resolved and
 * judged; a tree without files or without imports is itself a problem, so a parser that reads nothing cannot pass.
 * It does not check that a package is installed or an export exists: the compiler and the dead-code check do.
 */
import { posix } from 'node:path'

import { findCycles, type Edge } from './cycles.ts'
import { parseImports, type Import } from './parse.ts'
import {
  acyclic,
  computedImports,
  consumers,
  mayImport,
  packageOwners,
  partBenches,
  parts,
  type Part,
} from './rules.ts'

export interface ImportReport {
  readonly files: number
  readonly imports: number
  /** One line each, as a person should read it. */
  readonly problems: readonly string[]
}

type Files = ReadonlyMap<string, string>

/** The verdict on every import of `files`, whose paths are relative to the repository. */
export function checkImports(files: Files): ImportReport {
  const problems: string[] = []
  const graph = new Map<string, readonly Edge[]>()
  let imports = 0

  for (const [path, text] of files) {
    const parsed = parseImports(path, text)
    imports += parsed.imports.length
    for (const { line, message } of parsed.failures) problems.push(`${path}:${line} does not parse: ${message}`)
    for (const item of parsed.imports) {
      const problem = judge(path, item, files)
      if (problem !== undefined) problems.push(`${path}:${item.line} ${problem}`)
    }
    if (isIn(acyclic, path))
      graph.set(
        path,
        parsed.imports.flatMap((item) => edgeOf(path, item)),
      )
  }

  for (const { from, edge, path } of findCycles(graph)) {
    problems.push(`${from}:${edge.line} imports ${edge.to}: a cycle (${path.join(' → ')})`)
  }
  if (imports === 0) problems.push(`read ${files.size} files and no import: the check itself is broken`)
  return { files: files.size, imports, problems }
}

function judge(path: string, item: Import, files: Files): string | undefined {
  const inSource = isIn(['src'], path)
  const { specifier } = item
  if (specifier === undefined) {
    return inSource && !(path in computedImports) ? 'imports a computed name: write it as a literal' : undefined
  }
  if (specifier === 'holdfast' || specifier.startsWith('holdfast/')) {
    return inSource ? `imports ${specifier}: src/ imports its own files by path` : undefined
  }

  const target = resolve(path, specifier)
  if (target === undefined) return inSource ? judgePackage(path, specifier) : undefined
  if (isCode(target) && !files.has(target))
    return `imports ${target}: no such file (an import names the file, .ts included)`
  if (inSource) return judgeParts(path, target, item.typesOnly)
  if (isIn(consumers, path) && !isIn(partBenches, path) && isIn(['src'], target)) {
    return `imports ${target}: ${topOf(path)}/ uses public names only (holdfast, holdfast/…)`
  }
  return undefined
}

function judgeParts(path: string, target: string, typesOnly: boolean): string | undefined {
  const from = partOf(path)
  const to = partOf(target)
  const unknown = from === undefined ? path : target
  if (from === undefined || to === undefined)
    return `imports ${target}: ${unknown} is in no part of the table in scripts/imports/rules.ts`
  if (from === to) return undefined

  const { values, types = [] } = mayImport[from]
  if (values.includes(to) || (typesOnly && types.includes(to))) return undefined

  const allowed = [...values, ...types.map((part) => `types of ${part}`)].join(', ')
  return `imports ${target}: ${from} may not import ${to} (${from} may import: ${allowed || 'nothing of ours'})`
}

function judgePackage(path: string, specifier: string): string | undefined {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const owners = packageOwners[name]
  const from = partOf(path)
  if (owners === undefined || (from !== undefined && owners.includes(from))) return undefined
  return `imports ${specifier}: only ${owners.map((owner) => `src/${owner}`).join(', ')} may`
}

function edgeOf(path: string, { line, specifier }: Import): readonly Edge[] {
  const to = specifier === undefined ? undefined : resolve(path, specifier)
  return to === undefined ? [] : [{ line, to }]
}

/** The file a relative specifier names; undefined for a package. */
function resolve(path: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined
}

// A name without an extension is code whose author forgot it.
function isCode(target: string): boolean {
  return ['', '.ts', '.tsx', '.js', '.mjs'].includes(posix.extname(target))
}

function partOf(path: string): Part | undefined {
  return parts.find((part) => path === `src/${part}` || path.startsWith(`src/${part}/`))
}

function isIn(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`))
}

function topOf(path: string): string {
  return path.slice(0, path.indexOf('/'))
}
