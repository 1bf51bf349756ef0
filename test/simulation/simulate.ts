/*
 * npm run simulate: many seeds, a tenth as many in each storm, then every negative control, with the figures in
 * test/simulation/results/.
 *
 *     npm run simulate -- --seeds 20000 --first 1 --workers 2 --controls all | none | name,name
 *     npm run simulate -- --seeds 0                          the controls alone
 *     npm run simulate -- --seed 42 [--storm resync]         one run, with all that happens in it
 */
import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

import type { Control } from './controls/control.ts'
import { controls } from './controls/controls.ts'
import { run } from './world/run.ts'
import { isStorm, STORMS, type Storm } from './world/storms.ts'
import type { Sums } from './sums.ts'
import { runSeeds } from './workers.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20000' },
    first: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(Math.min(8, availableParallelism())) },
    controls: { type: 'string', default: 'all' },
    seed: { type: 'string' },
    storm: { type: 'string', default: '' },
  },
})

if (values.seed === undefined) await simulate()
else await replay(Number(values.seed), values.storm)

async function replay(seed: number, storm: string): Promise<void> {
  const bent = isStorm(storm) ? { plan: STORMS[storm] } : {}
  const { violations } = await run(seed, { ...bent, trace: (line) => print(line) })
  for (const { kind, what } of violations) print(`${kind}: ${what}`)
  process.exitCode = violations.length > 0 ? 1 : 0
}

async function simulate(): Promise<void> {
  const [seeds, first, workers] = [Number(values.seeds), Number(values.first), Number(values.workers)]
  const isClean = seeds === 0 || (await everyWeather({ seeds, first, workers }))
  const found = await runControls(workers)
  if (found.length > 0) await keep('controls', await withEarlier(found))
  process.exitCode = isClean && found.every(({ isAsExpected }) => isAsExpected) ? 0 : 1
}

type Stretch = Readonly<Record<'seeds' | 'first' | 'workers', number>>

/** Mixed runs, and storms. */
async function everyWeather(stretch: Stretch): Promise<boolean> {
  const mixed = await manySeeds(stretch)
  const storms: Record<string, Figures> = {}
  for (const storm of Object.keys(STORMS).filter(isStorm)) {
    storms[storm] = await manySeeds({ ...stretch, seeds: Math.ceil(stretch.seeds / 10) }, storm)
  }
  await keep('seeds', { ...mixed, storms })
  return [mixed, ...Object.values(storms)].every(({ violating }) => violating.length === 0)
}

type Figures = Sums & { readonly first: number; readonly seconds: number; readonly workers: number }

async function manySeeds({ seeds, first, workers }: Stretch, storm?: Storm): Promise<Figures> {
  const startedMs = performance.now()
  let done = 0
  const onProgress = (more: number): void => {
    done += more
    if (done % 1000 === 0) print(`${done} of ${seeds} seeds`)
  }
  const sums = await runSeeds({ first, count: seeds, workers, storm, onProgress })
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  for (const { seed, kinds, first: what } of sums.violating) print(`seed ${seed}: ${kinds.join(', ')}: ${what}`)
  print(
    `${storm ? `storm of ${storm}: ` : ''}${sums.seeds} seeds in ${seconds} s, ${sums.reads} reads, ${sums.acknowledged} acknowledged invalidations: ${sums.violating.length} with violations`,
  )
  const { shareOfBound, seed, what } = sums.worst
  print(`worst: ${(100 * shareOfBound).toFixed(1)} % of the bound (seed ${seed}): ${what}`)
  return { first, seconds, workers, ...sums }
}

/** What this run found of some controls, in the place of what an earlier one did. */
async function withEarlier(found: readonly Found[]): Promise<readonly Found[]> {
  const text = await readFile(`${import.meta.dirname}/results/controls.json`, 'utf8').catch(() => '[]')
  const known = new Map((JSON.parse(text) as Found[]).map((one) => [one.name, one]))
  for (const one of found) known.set(one.name, one)
  return controls.flatMap(({ name }) => known.get(name) ?? [])
}

async function keep(name: 'seeds' | 'controls', results: unknown): Promise<void> {
  await writeFile(`${import.meta.dirname}/results/${name}.json`, `${JSON.stringify(results, null, 2)}\n`)
}

interface Found {
  readonly name: string
  readonly without: string
  readonly storm: string
  /** The first seed that noticed. */
  readonly noticedBy: number | undefined
  readonly seeds: number
  readonly violating: number
  readonly kinds: readonly string[]
  /** Whether the seed that noticed breaks nothing with every protection in place. */
  readonly isCleanWithAll: boolean
  readonly isAsExpected: boolean
}

async function runControls(workers: number): Promise<Found[]> {
  const names = values.controls.split(',')
  const chosen = controls.filter(({ name }) => values.controls === 'all' || names.includes(name))
  const found: Found[] = []
  // As many at once as there are workers, each in a process of its own.
  const waiting = [...chosen]
  const work = async (): Promise<void> => {
    for (let control = waiting.shift(); control; control = waiting.shift()) found.push(await runControl(control))
  }
  await Promise.all(Array.from({ length: workers }, work))
  const order = chosen.map(({ name }) => name)
  return found.sort((left, right) => order.indexOf(left.name) - order.indexOf(right.name))
}

async function runControl({ name, without, storm, noticedWithin }: Control): Promise<Found> {
  const sums = await runSeeds({ first: 1, count: noticedWithin, workers: 1, control: name, storm, stopAfter: 1 })
  const isNoticed = sums.violating.length > 0
  const kinds = [...new Set(sums.violating.flatMap((one) => one.kinds))]
  const noticedBy = sums.violating[0]?.seed
  // A seed that breaks a promise with everything in place says nothing about what was taken out.
  const isCleanWithAll =
    noticedBy === undefined ||
    (await runSeeds({ first: noticedBy, count: 1, workers: 1, storm })).violating.length === 0
  const isAsExpected = isNoticed && isCleanWithAll
  print(
    `${isAsExpected ? 'as expected' : 'UNEXPECTED'}: ${name}: ${isNoticed ? `noticed at seed ${noticedBy}${storm ? ` of the storm of ${storm}` : ''} (${kinds.join(', ')}), which is ${isCleanWithAll ? 'clean' : 'NOT clean'} with nothing taken out` : `not noticed in ${sums.seeds} seeds`}`,
  )
  return {
    name,
    without,
    storm: storm ?? 'mixed',
    noticedBy,
    seeds: sums.seeds,
    violating: sums.violating.length,
    kinds,
    isCleanWithAll,
    isAsExpected,
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
