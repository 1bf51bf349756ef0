/**
 * Holdfast beside other caches, bare clients and a bare socket: contenders in processes of their own, in turns within one
 * run. Prints ratios with their 95 % intervals, writes results/peers.json and docs/reference/benchmarks.md, and exits with
 * 1 when a ratio is below its floor. With --quick only what has a floor is run, with --only the titles
 * that contain a text; neither writes anything.
 *
 *     npm run bench -- --rounds 12 --ms 500
 */
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { privateRedis } from 'holdfast/testing'
import { Redis as Client } from 'ioredis'

import { comparisons, outages, stampedes, type Comparison } from './peers/comparisons.ts'
import { httpRate } from './peers/http-load.mjs'
import { measureOutage, type FoundOutage } from './peers/measure-outage.ts'
import { benchmarksPage, type Found, type FoundStampede } from './peers/page.ts'
import { startContender, type Child } from './peers/start-child.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'
import { median, pairedRatio } from './support/statistics.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    ms: { type: 'string' },
  },
})
const rounds = Number(values.rounds ?? (values.quick ? 6 : 12))
const roundMs = Number(values.ms ?? (values.quick ? 100 : 500))
const CALLERS = 1000
/** Code gets compiled, and connections get their buffers: after less, the largest contender is still becoming faster. */
const WARM_UP_MS = 1000

const machine = machineFacts()
await using redis = await privateRedis({ maxMemory: '1gb' })
const client = new Client({ host: '127.0.0.1', port: redis.port })
const found: Found[] = []
for (const comparison of comparisons) {
  if ((comparison.quick || !values.quick) && comparison.title.includes(values.only))
    found.push(await compare(comparison))
}
const rushed: FoundStampede[] = []
for (const { name, processes } of stampedes) {
  if ((values.quick && (name !== 'holdfast' || processes === 1)) || values.only !== '') continue
  const loads = await rush(name, processes)
  rushed.push({ name, processes, loads })
  print(`${name}: ${loads} loads of a missing key in ${processes} processes`)
}
const gone: FoundOutage[] = []
for (const name of outages) {
  if (values.quick || !'outage'.includes(values.only)) continue
  const outage = await measureOutage(name)
  gone.push(outage)
  print(
    `${name} without Redis: ${outage.measured ? `${Math.round(outage.measured.perSecond)} a second, p99 ${outage.measured.p99Ms.toFixed(1)} ms` : 'the process ended'}`,
  )
}
const held =
  found.every(({ criteria }) => criteria.every((criterion) => criterion.held)) &&
  rushed.every(({ name, loads }) => name !== 'holdfast' || loads === 1)
if (!values.quick && values.only === '') {
  const report = { machine, rounds, roundMs, found, stampedes: rushed, outages: gone }
  await keepResult('peers', report)
  const page = join(import.meta.dirname, '..', 'docs', 'reference', 'benchmarks.md')
  await writeFile(page, benchmarksPage(report))
  spawnSync('npx', ['oxfmt', page], { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' })
}
client.disconnect()
process.exitCode = held ? 0 : 1

async function compare({ title, workload, options, contenders, criteria, quick }: Comparison): Promise<Found> {
  // In the quick run only those that a floor names.
  const isNamed = (name: string): boolean => criteria.some(({ ours, theirs }) => name === ours || name === theirs)
  const names = values.quick && quick ? contenders.filter(isNamed) : contenders
  const children = await Promise.all(names.map(async (name) => startContender(name, redis.url)))
  const rates = new Map<string, number[]>(names.map((name) => [name, []]))
  const ports = new Map<string, number>()
  for (const child of children) {
    await child.ask({ workload: 'fill', options })
    if (workload === 'http') ports.set(child.name, await child.ask({ workload: 'serve', options }))
  }
  const measure = async (child: Child, ms: number): Promise<number> => {
    if (workload === 'http') return httpRate(ports.get(child.name) ?? 0, ms)
    const rate = await child.ask({ workload, options: { ...options, ms } })
    if (workload === 'miss') await forgetMisses()
    return rate
  }
  for (const child of children) await measure(child, WARM_UP_MS)
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < children.length; index += 1) {
      // By turns from another one on: whoever always runs after the same neighbour inherits its disturbances.
      const child = children[(index + round) % children.length]
      if (child) rates.get(child.name)?.push(await measure(child, roundMs))
    }
  }
  for (const child of children) await child.stop()
  const of = (name: string): readonly number[] => rates.get(name) ?? []
  print(`\n${title}`)
  for (const name of names) print(`  ${name.padEnd(24)} ${Math.round(median(of(name))).toLocaleString('en')} a second`)
  const judged = criteria.map((criterion) => {
    const ratio = pairedRatio(of(criterion.ours), of(criterion.theirs))
    const isHeld = ratio.median >= criterion.floor
    print(
      `${isHeld ? 'held  ' : 'MISSED'} ${criterion.ours} ÷ ${criterion.theirs}: ${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}), at least ${criterion.floor}`,
    )
    return { ...criterion, ratio, held: isHeld }
  })
  return { title, perSecond: Object.fromEntries(names.map((name) => [name, median(of(name))])), criteria: judged }
}

async function rush(name: string, processes: number): Promise<number> {
  const children: readonly Child[] = await Promise.all(
    Array.from({ length: processes }, async () => startContender(name, redis.url)),
  )
  const options = { key: `rush:${name}:${processes}`, callers: CALLERS }
  const loads = await Promise.all(children.map(async (child) => child.ask({ workload: 'stampede', options })))
  for (const child of children) await child.stop()
  return loads.reduce((sum, each) => sum + each, 0)
}

/** Takes what the misses have stored out of Redis: all of a run would not fit. */
async function forgetMisses(): Promise<void> {
  for await (const keys of client.scanStream({ match: '*miss:*', count: 1000 })) {
    if (Array.isArray(keys) && keys.length > 0) await client.unlink(...keys.map(String))
  }
}
