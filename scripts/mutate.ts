/**
 * Mutation testing of the log and the engine, in two tiers: `npm run mutate`, or `npm run mutate -- src/log/marks.ts …` for
 * some files. What is between processes and Redis (the list of test/mutation/stryker.whole.json) is held against a simulated
 * world and tests with a real server, everything else against unit tests. Prints one score for both, and fails below 85 %.
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
const whole: readonly string[] = JSON.parse(read('test/mutation/stryker.whole.json')).mutate

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1
}

function install(): void {
  if (existsSync(join(root, 'node_modules/@stryker-mutator/vitest-runner'))) return
  if (run('npm', ['install', '--no-save', '--no-package-lock', ...packages]) !== 0) throw new Error('No Stryker')
}

/** What is known of each file, the newest kept. */
function results(): Results {
  return existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {}
}

/** Mutates the files of one tier and folder, and keeps what was found. */
function mutate(tier: 'unit' | 'whole', folder: string, wanted: readonly string[]): void {
  const mutated = wanted.filter(
    (file) => file.startsWith(`src/${folder}/`) && whole.includes(file) === (tier === 'whole'),
  )
  if (mutated.length === 0) return
  const config = `test/mutation/stryker.${tier}.json`
  if (run('npx', ['stryker', 'run', config, '--mutate', mutated.join(',')], { MUTATED_FOLDER: folder }) !== 0)
    throw new Error(`Stryker did not end: ${config}, ${folder}`)
  const report: MutationReport = JSON.parse(read(`reports/mutation.${tier}.json`))
  const empty = Object.fromEntries(mutated.map((file) => [file, nothingIn(read(file), tier)]))
  write({ ...results(), ...empty, ...countOf(report, tier) })
}

function write(found: Results): void {
  const known = files.flatMap((file) => (found[file] ? [[file, found[file]] as const] : []))
  writeFileSync(resultsFile, `${JSON.stringify(Object.fromEntries(known), undefined, 2)}\n`)
}

const given = process.argv.slice(2)
const wanted = given.length > 0 ? given : files
if (!given.includes('--table')) {
  install()
  for (const tier of ['unit', 'whole'] as const) for (const folder of ['log', 'cache']) mutate(tier, folder, wanted)
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
