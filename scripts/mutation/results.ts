/** What mutation testing found, file by file, and the table that shows it. */
import { createHash } from 'node:crypto'

/** As much as is read of Stryker's report. */
export interface MutationReport {
  readonly files: Readonly<
    Record<string, { readonly source: string; readonly mutants: readonly { readonly status: string }[] }>
  >
}

export interface FileResult {
  /** Mutations that a test failed of, or that never ended. */
  readonly noticed: number
  readonly survived: number
  /** No test runs what was mutated. */
  readonly uncovered: number
  /** Of the source that was mutated. */
  readonly digest: string
}

export type Results = Readonly<Record<string, FileResult>>

export interface Score {
  readonly noticed: number
  readonly of: number
  readonly percent: number
}

/** What a report says of each file that has a mutation. */
export function countOf(report: MutationReport): Results {
  const counted = Object.entries(report.files).map(([file, { source, mutants }]): [string, FileResult] => {
    const count = (...statuses: readonly string[]) => mutants.filter(({ status }) => statuses.includes(status)).length
    const [survived, uncovered] = [count('Survived'), count('NoCoverage')]
    return [file, { noticed: count('Killed', 'Timeout'), survived, uncovered, digest: digestOf(source) }]
  })
  return Object.fromEntries(counted)
}

/** A file in which there is nothing to mutate: types alone. */
export function nothingIn(source: string): FileResult {
  return { noticed: 0, survived: 0, uncovered: 0, digest: digestOf(source) }
}

export function scoreOf(results: Results): Score {
  let [noticed, of] = [0, 0]
  for (const file of Object.values(results)) {
    noticed += file.noticed
    of += file.noticed + file.survived + file.uncovered
  }
  return { noticed, of, percent: of === 0 ? 0 : (100 * noticed) / of }
}

/** Whether a result is of this source. */
export function isOf({ digest }: FileResult, source: string): boolean {
  return digest === digestOf(source)
}

function digestOf(source: string): string {
  return createHash('sha256').update(source).digest('hex').slice(0, 12)
}

const TABLE = /(<!-- table: npm run mutate -->\n)[^]*?(<!-- end of the table -->)/

/** The page with its table written anew. */
export function withTable(page: string, results: Results): string {
  const row = (name: string, part: Results): string => {
    const { noticed, of, percent } = scoreOf(part)
    return `| ${name} | ${noticed} | ${of} | ${percent.toFixed(1)} % |`
  }
  const rows = Object.entries(results)
    .filter(([, { noticed, survived, uncovered }]) => noticed + survived + uncovered > 0)
    .map(([file, result]) => row(`\`${file}\``, { [file]: result }))
  const lines = ['| File | Noticed | Of | Score |', '| ---- | ------: | -: | ----: |', ...rows, row('**all**', results)]
  return page.replace(TABLE, (_all, start: string, end: string) => `${start}\n${lines.join('\n')}\n\n${end}`)
}
