import type { MachineFacts } from '../support/machine.ts'
import type { Estimate } from '../support/statistics.ts'
import type { Criterion } from './comparisons.ts'
import type { FoundOutage } from './measure-outage.ts'

export interface Held extends Criterion {
  readonly ratio: Estimate
  readonly held: boolean
}

export interface Found {
  readonly title: string
  /** Operations per second, the median. */
  readonly perSecond: Readonly<Record<string, number>>
  readonly criteria: readonly Held[]
}

export interface FoundStampede {
  readonly name: string
  readonly processes: number
  readonly loads: number
}

export interface Report {
  readonly machine: MachineFacts
  readonly rounds: number
  readonly roundMs: number
  readonly found: readonly Found[]
  readonly stampedes: readonly FoundStampede[]
  readonly outages: readonly FoundOutage[]
}

/** The page of docs/reference/benchmarks.md, misses as plain as the rest. */
export function benchmarksPage({ machine, rounds, roundMs, found, stampedes, outages }: Report): string {
  const rows = found.flatMap(({ title, criteria }) =>
    criteria.map(
      ({ ours, theirs, ratio, floor, aim, held }) =>
        `| ${title} | ${ours} ÷ ${theirs} | ${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}) | ${floor} | ${aim} | ${held ? 'held' : '**missed**'} |`,
    ),
  )
  const figures = found.flatMap(({ title, perSecond }) => [
    `### ${title}`,
    '',
    '| who | per second |',
    '| --- | --- |',
    ...Object.entries(perSecond)
      .sort(([, left], [, right]) => right - left)
      .map(([name, rate]) => `| ${name} | ${Math.round(rate).toLocaleString('en')} |`),
    '',
  ])
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`. `npm run bench:quick` runs the rows with a floor in short rounds, and fails when a ratio is',
    'below its floor.',
    '',
    `Measured on ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}; load before: ${machine.loadBefore}.`,
    'The versions compared are those of `bench/package.json`; bentocache and layered-loader run over ioredis 6, as all do here,',
    'though they declare ioredis 5.',
    '',
    `Each contender has a process of its own, with its defaults; all take turns, ${rounds} rounds of ${roundMs} ms (HTTP: at`,
    'least 1 s) after a warm-up of 1 s. Ratios are taken round by round, with their median and its 95 % interval; figures of different runs are not',
    'comparable. Holdfast counts its metrics meanwhile.',
    '',
    '## Ratios',
    '',
    '| workload | of | ratio | floor | aim | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Stampede: loads of one missing key, 1000 callers in each process',
    '',
    '| who | processes | loads |',
    '| --- | --- | --- |',
    ...stampedes.map(({ name, processes, loads }) => `| ${name} | ${processes} | ${loads} |`),
    '',
    '## Redis is gone: 50 readers of 200 keys, a source that takes 5 ms',
    '',
    'Answers with a document, from wherever; nobody is waited for longer than 3 s. Who is',
    'not named with L1 has only Redis, and its own defaults for what to do without.',
    '',
    '| who | answers per second | p99 |',
    '| --- | --- | --- |',
    ...outages.map(({ name, measured }) =>
      measured
        ? `| ${name} | ${Math.round(measured.perSecond).toLocaleString('en')} | ${measured.p99Ms.toFixed(1)} ms |`
        : `| ${name} | the process ended | |`,
    ),
    '',
    '## All figures',
    '',
    ...figures,
  ].join('\n')
}
