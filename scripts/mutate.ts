/**
 * Mutation testing of the log and the engine: `npm run mutate`, or `npm run mutate -- src/log/marks.ts …` for some files.
 * Holds them against their unit tests, those on a model of Redis included. Prints the score, and fails below 85 %.
 *
 * test/mutation/results.json keeps what was found, file by file, with a digest of the source it was found of; the table of
 * docs/reference/mutation.md is written from it (`npm run mutate -- --table` does that alone).
 *
 * Stryker is installed beside what is there when it is first run: a stranger's `npm ci` has no use for its 160 packages.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { countOf, isOf, nothingIn, scoreOf, withTable, type MutationReport, type Results } from './mutation/results.ts'

const VERSION = '10.1.1'
const LEAST = 85
const root = join(import.meta.dirname, '..')
const resultsFile = join(root, 'test/mutation/results.json')
const page = join(root, 'docs/reference/mutation.md')
const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`)

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const files = globSync('src/{log,cache}/**/*.ts', { cwd: root }).sort()

function run(command: string, args: readonly string[]): number {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1
}

function install(): void {
  if (existsSync(join(root, 'node_modules/@stryker-mutator/vitest-runner'))) return
  if (run('npm', ['install', '--no-save', '--no-package-lock', ...packages]) !== 0) throw new Error('No Stryker')
}

/** What is known of each file, the newest kept. */
function results(): Results {
  return existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {}
}

/** Mutates files, and keeps what was found. */
function mutate(mutated: readonly string[]): void {
  if (run('npx', ['stryker', 'run', 'test/mutation/stryker.json', '--mutate', mutated.join(',')]) !== 0)
    throw new Error('Stryker did not end')
  const report: MutationReport = JSON.parse(read('reports/mutation.json'))
  const empty = Object.fromEntries(mutated.map((file) => [file, nothingIn(read(file))]))
  write({ ...results(), ...empty, ...countOf(report) })
}

function write(found: Results): void {
  const known = files.flatMap((file) => (found[file] ? [[file, found[file]] as const] : []))
  writeFileSync(resultsFile, `${JSON.stringify(Object.fromEntries(known), undefined, 2)}\n`)
}

const given = process.argv.slice(2)
const wanted = given.length > 0 ? given : files
if (!given.includes('--table')) {
  install()
  mutate(wanted)
}

const found = results()
writeFileSync(page, withTable(readFileSync(page, 'utf8'), found))
run('npx', ['oxfmt', 'test/mutation/results.json', 'docs/reference/mutation.md'])
const { noticed, of, percent } = scoreOf(found)
const missing = files.filter((file) => !found[file])
const older = files.filter((file) => found[file] && !isOf(found[file], read(file)))
if (missing.length > 0) console.log(`Not mutated yet: ${missing.join(', ')}`)
if (older.length > 0) console.log(`Changed since they were mutated: ${older.join(', ')}`)
console.log(
  `src/log and src/cache: ${noticed} of ${of} mutations noticed, ${percent.toFixed(1)} % (at least ${LEAST} %)`,
)
if (percent < LEAST) process.exitCode = 1
