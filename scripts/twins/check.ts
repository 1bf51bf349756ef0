/*
 * Every file of src/ with something to run has a twin: test/unit/<the same path>.test.ts.
 *
 * A file below the size where a mistake can hide, one that only holds types and passes on names, and one that the
 * allow table names are let off. The table is held to what it says: an entry whose file is gone, whose twin has come,
 * or whose covering test does not exist is a problem too. That a twin tests the right thing is for a reader to judge;
 * that it tests anything, for vitest.
 */
import { parseSync, type Directive, type Statement } from 'oxc-parser'

/** A file without a twin, where it is tested instead, and why there. */
export interface Allowance {
  readonly file: string
  readonly coveredBy: string
  readonly reason: string
}

export interface TwinReport {
  /** How many files were asked for a twin. */
  readonly files: number
  readonly problems: readonly string[]
}

const linesThatNeedATest = 30
const inert = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'TSInterfaceDeclaration', 'TSTypeAliasDeclaration'])

/** Whether each file of `sources` has its twin among the paths `tests`, both relative to the repository. */
export function checkTwins(
  sources: ReadonlyMap<string, string>,
  tests: ReadonlySet<string>,
  allowances: readonly Allowance[],
): TwinReport {
  const allowed = new Set(allowances.map(({ file }) => file))
  const due = [...sources].filter(([path, text]) => needsTest(path, text)).map(([path]) => path)
  const missing = due.filter((path) => !allowed.has(path) && !tests.has(twinOf(path)))

  const problems = [
    ...missing.map(
      (path) => `${path} has no test: write ${twinOf(path)}, or name its test in scripts/check-test-twins.ts`,
    ),
    ...allowances.flatMap((allowance) => staleness(allowance, sources, tests)),
  ]
  if (due.length === 0)
    problems.push(`read ${sources.size} files and none that needs a test: the check itself is broken`)
  return { files: due.length, problems }
}

function twinOf(path: string): string {
  return path.replace(/^src\//, 'test/unit/').replace(/\.tsx?$/, '.test.ts')
}

function needsTest(path: string, text: string): boolean {
  return text.trimEnd().split('\n').length >= linesThatNeedATest && !parseSync(path, text).program.body.every(isInert)
}

/** Whether a statement runs no code of its own: types, and names passed on from elsewhere. */
function isInert(statement: Statement | Directive): boolean {
  if (statement.type === 'ExportNamedDeclaration')
    return statement.declaration === null || isInert(statement.declaration)
  return inert.has(statement.type)
}

function staleness(
  { file, coveredBy, reason }: Allowance,
  sources: ReadonlyMap<string, string>,
  tests: ReadonlySet<string>,
): readonly string[] {
  const entry = `the entry for ${file} in scripts/check-test-twins.ts`
  const problems: string[] = []
  if (!sources.has(file)) problems.push(`${entry} names no file: remove it`)
  if (tests.has(twinOf(file))) problems.push(`${entry} is not needed: ${twinOf(file)} exists`)
  if (!tests.has(coveredBy)) problems.push(`${entry} says it is covered by ${coveredBy}, which does not exist`)
  if (reason.trim() === '') problems.push(`${entry} gives no reason`)
  return problems
}
