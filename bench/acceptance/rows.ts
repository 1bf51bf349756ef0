/** The figures as rows of one table, each beside its criterion. */
import type { Estimate } from '../support/statistics.ts'
import { rounded } from './figures.ts'
import type { FaultFigures } from './faults.ts'
import type { LatencyFigures } from './modes.ts'
import type { PairFigures } from './pairs.ts'
import type { SharingFigures } from './sharing.ts'

export interface Row {
  readonly what: string
  readonly absent: string
  readonly off: string
  readonly on: string
  readonly criterion: string
  /** Undefined: stated, with nothing promised of it. */
  readonly holds?: boolean
}

export interface Figures {
  readonly modes: readonly LatencyFigures[]
  readonly pairs: PairFigures
  readonly faults: readonly FaultFigures[]
  readonly sharing: SharingFigures
}

/** The library's promise to other processes, as the service has it. */
const BOUND_MS = 2000

export function rowsOf({ modes, pairs, faults, sharing }: Figures): readonly Row[] {
  return [...modes.flatMap(rowsOfModes), pairRow(pairs), ...faults.flatMap(rowsOfFault), ...rowsOfSharing(sharing)]
}

function rowsOfModes({ latencyMs, perSecond, absent, off, on, cache }: LatencyFigures): readonly Row[] {
  const at = (what: string): string => `${latencyMs} ms: ${what}`
  const saved = 1 - on.commandsPerThousand / absent.commandsPerThousand
  const faster = 1 - on.response.mean / absent.response.mean
  const each = (see: (figures: LatencyFigures['on']) => number) => ({
    absent: String(see(absent)),
    off: String(see(off)),
    on: String(see(on)),
  })
  const failed = absent.failed + off.failed + on.failed
  return [
    {
      what: at('database commands for 1000 calls'),
      ...each(({ commandsPerThousand }) => commandsPerThousand),
      criterion: `${percent(saved)} fewer; 50 % at least, 90 % aimed at`,
      holds: saved >= 0.5,
    },
    { what: at('requests/s at most'), ...each((one) => one.saturationPerSecond), criterion: 'stated' },
    {
      what: at(`mean response at ${perSecond}/s, ms`),
      ...each(({ response }) => response.mean),
      criterion: `${percent(faster)} less; 40 % at least, 80 % aimed at`,
      holds: faster >= 0.4,
    },
    ...(['p50', 'p95', 'p99'] as const).map((name) => ({
      what: at(`${name} at ${perSecond}/s, ms`),
      ...each(({ response }) => response[name]),
      criterion: 'stated',
    })),
    { what: at('calls that failed'), ...each((one) => one.failed), criterion: 'none', holds: failed === 0 },
    ...rowsOfCache(at, cache),
  ]
}

function rowsOfCache(at: (what: string) => string, cache: LatencyFigures['cache']): readonly Row[] {
  const { hitRates, hits, inCache, perSecond, peakBytes, limitBytes, evictions } = cache
  return [
    ...Object.entries(hitRates).map(([type, { measured, possible, stale }]) => ({
      ...onlyOn(at(`hit rate, ${type}`), percent(measured) + (stale > 0 ? ` and ${percent(stale)} stale` : '')),
      criterion: `above 70 %; ${percent(possible)} possible`,
      holds: measured > 0.7,
    })),
    {
      ...onlyOn(at(`p99 of a cached read over HTTP at ${perSecond}/s, ms`), String(hits.p99)),
      criterion: 'below 5',
      holds: hits.p99 < 5,
    },
    {
      ...onlyOn(at('p99 of a cached read in the cache, ms'), String(inCache.p99)),
      criterion: 'below 5',
      holds: inCache.p99 < 5,
    },
    {
      ...onlyOn(at('most memory of Redis, MiB'), mebibytes(peakBytes)),
      criterion: `at most ${mebibytes(limitBytes)}; ${evictions} evictions`,
      holds: peakBytes <= limitBytes,
    },
  ]
}

function pairRow({ pairs, callsOfRound, ratio, ofMeans, failed }: PairFigures): Row {
  const percents = (value: number): string => `${value >= 1 ? '+' : ''}${rounded((value - 1) * 100)} %`
  const intervalOf = ({ low, high }: Estimate): string => `95 % interval ${percents(low)} to ${percents(high)}`
  return {
    what: `response when off, over absent (${pairs} pairs of ${callsOfRound} reads)`,
    absent: '100 %',
    off: percents(ratio.median),
    on: '',
    criterion: `within 2 %; ${intervalOf(ratio)}; of arithmetic means ${percents(ofMeans.median)}, ${intervalOf(ofMeans)}`,
    holds: ratio.high <= 1.02 && failed === 0,
  }
}

function rowsOfFault(fault: FaultFigures): readonly Row[] {
  const { what, isAnyones, perSecond, calls, reads, failedReads, failedWrites, resent, response, during, bypassed } =
    fault
  const answered = 1 - failedReads / reads
  return [
    {
      ...onlyOn(`${what}: reads answered`, percent(answered, 3)),
      criterion: `99.9 % at least; ${reads} reads at ${perSecond}/s, ${percent(bypassed)} past the cache`,
      holds: answered >= 0.999,
    },
    {
      ...onlyOn(`${what}: calls that failed`, `${failedReads} reads, ${failedWrites} writes`),
      ...(isAnyones
        ? { criterion: `none of ${calls}`, holds: failedReads + failedWrites === 0 }
        : // A write that the killed process had begun is nobody's to repeat.
          { criterion: `no read; ${resent} of ${calls} sent again`, holds: failedReads === 0 }),
    },
    { ...onlyOn(`${what}: p99, ms`, `${response.p99}, during it ${during.p99}`), criterion: 'stated' },
  ]
}

function rowsOfSharing({ sessions, writes, ownStale, longestMs }: SharingFigures): readonly Row[] {
  return [
    ...sessions.map(({ what, holds }) => ({ ...onlyOn(what, holds ? 'yes' : 'no'), criterion: 'yes', holds })),
    {
      ...onlyOn(`a write, seen by its own instance at once (${writes} writes)`, `${ownStale} stale`),
      criterion: 'none stale',
      holds: ownStale === 0,
    },
    {
      ...onlyOn('a write, seen by the other instance after, ms at most', String(longestMs)),
      criterion: `the bound of ${BOUND_MS}`,
      holds: longestMs <= BOUND_MS,
    },
  ]
}

function onlyOn(what: string, on: string): Pick<Row, 'what' | 'absent' | 'off' | 'on'> {
  return { what, absent: '', off: '', on }
}

function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1)
}
