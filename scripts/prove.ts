/**
 * `npm run prove`: everything that tries to break the promise, and the page that says what came of it.
 *
 *     npm run prove                                  10 000 simulated seeds, every control, 20 real runs on each topology
 *     npm run prove -- --seeds 1000 --runs 2         a shorter one
 *     npm run prove -- --page                        docs/reference/proof.md from the results that are there
 *
 * Exits with 1 when a promise was broken, or when a control was not noticed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { LACKING, readFound, REAL_RESULTS, TOPOLOGIES } from './proof/found.ts'
import { proofPage } from './proof/page.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '20' },
    page: { type: 'boolean', default: false },
  },
})

const root = join(import.meta.dirname, '..')
const page = 'docs/reference/proof.md'

function node(...args: readonly string[]): boolean {
  process.stdout.write(`==> ${args.join(' ')}\n`)
  const { status } = spawnSync(process.execPath, ['--conditions=holdfast-source', ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  return status === 0
}

const staleness = (name: string, runs: string, ...args: readonly string[]): boolean =>
  node('test/support/staleness/main.ts', '--runs', runs, '--json', `${REAL_RESULTS}/${name}.json`, ...args)

function withoutIt(name: string): readonly string[] {
  if (name === 'cache-aside') return ['--subject', 'cache-aside']
  return name === 'without-fence' ? ['--topology', 'sentinel-unfenced'] : ['--without', 'rule']
}

if (!values.page) {
  mkdirSync(join(root, REAL_RESULTS), { recursive: true })
  const held = [
    node('test/simulation/simulate.ts', '--seeds', values.seeds, '--workers', String(availableParallelism())),
    ...TOPOLOGIES.map((name) => staleness(name, values.runs, '--topology', name)),
    // Without what the promise stands on, the same check must find it broken.
    ...Object.keys(LACKING).map((name) => !staleness(name, '3', ...withoutIt(name))),
  ]
  if (held.includes(false)) process.exitCode = 1
}
writeFileSync(join(root, page), proofPage(await readFound(root)))
spawnSync('npx', ['oxfmt', page], { cwd: root, stdio: 'inherit' })
