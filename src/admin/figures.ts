/** The figures of the admin API from the one sampler of a process. */
import type { Point as Sampled, Sampler } from '../metrics/sampler.ts'
import type { FamilySnapshot, Latency } from '../metrics/snapshot.ts'
import type { FamilyRow } from './contract/families.ts'
import type { History, Overview, Point, Quantiles } from './contract/overview.ts'
import type { FiguresSource } from './sources.ts'

const STEP_MS: Readonly<Record<History['range'], number>> = { '5m': 1000, '1h': 10_000, '24h': 60_000 }
/** `recent` is of so many seconds. */
const RECENT_POINTS = 60
const NOTHING: Quantiles = { p50: null, p95: null, p99: null }

/**
 * What {@link AdminOptions.figures} takes.
 *
 * @param sampler the process's own; whoever made it closes it
 * @param exposition what GET /metrics answers. @default none
 */
export function figuresOf(
  sampler: Pick<Sampler, 'snapshot' | 'history'>,
  exposition?: FiguresSource['exposition'],
): FiguresSource {
  return {
    recent: () => recentOf(sampler),
    families: () => sampler.snapshot().families.filter(isUsed).map(familyRow),
    history: (range) => ({ stepMs: STEP_MS[range], points: pointsOf(sampler.history(range)) }),
    latest: () => pointsOf(sampler.history('5m').slice(-2)).at(-1),
    ...(exposition && { exposition }),
  }
}

function recentOf(sampler: Pick<Sampler, 'snapshot' | 'history'>): Overview['recent'] {
  const points = sampler.history('5m').slice(-RECENT_POINTS)
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || last.atMs <= first.atMs) return null
  const get = quantiles(sampler.snapshot().latency)
  return { windowMs: last.atMs - first.atMs, ...ratesOf(first, last), get }
}

/** What happened between two moments, by the second. */
function ratesOf(from: Sampled, to: Sampled) {
  const seconds = Math.max(1, to.atMs - from.atMs) / 1000
  const rate = (name: 'hits' | 'stale' | 'misses' | 'bypassed' | 'loads' | 'errors'): number =>
    Math.max(0, to[name] - from[name]) / seconds
  const served = rate('hits') + rate('stale')
  const asked = served + rate('misses')
  return {
    hitRatio: asked === 0 ? null : served / asked,
    readsPerSecond: asked + rate('bypassed'),
    missesPerSecond: rate('misses'),
    loadsPerSecond: rate('loads'),
    errorsPerSecond: rate('errors'),
  }
}

/** The difference of each two points that follow one another; so there is one less. */
function pointsOf(sampled: readonly Sampled[]): readonly Point[] {
  return sampled.slice(1).flatMap((to, index) => {
    const from = sampled[index]
    return from ? [{ atMs: to.atMs, ...ratesOf(from, to), ...standing(to) }] : []
  })
}

function standing({ p50Ms, p95Ms, p99Ms, l1Bytes, redisMemoryBytes, heardMsAgo }: Sampled) {
  return {
    p50: p50Ms ?? null,
    p95: p95Ms ?? null,
    p99: p99Ms ?? null,
    l1Bytes,
    redisBytes: redisMemoryBytes ?? null,
    heardMsAgo: Number.isFinite(heardMsAgo) ? heardMsAgo : null,
  }
}

/** The collector has a row for what belongs to no family; without a read it is none. */
function isUsed({ name, hits, misses, stale, bypassed }: FamilySnapshot): boolean {
  return name !== 'other' || hits.l1 + hits.l2 + misses + stale + bypassed > 0
}

function familyRow(family: FamilySnapshot): Omit<FamilyRow, 'ttlMs'> {
  const { name, hits, misses, stale, loads, loadsAvoided, hitRatio, latency, stored } = family
  const reads = hits.l1 + hits.l2 + stale + misses
  return {
    name,
    hits: hits.l1 + hits.l2,
    misses,
    stale,
    loads: loads.ok + loads.error + loads.timeout,
    loadErrors: loads.error + loads.timeout,
    loadsAvoided,
    hitRatio: reads === 0 ? null : hitRatio,
    get: quantiles(latency),
    meanBytes: stored.entries === 0 ? null : stored.bytes / stored.entries,
  }
}

function quantiles({ p50Ms, p95Ms, p99Ms }: Latency): Quantiles {
  return p50Ms === undefined ? NOTHING : { p50: p50Ms, p95: p95Ms ?? null, p99: p99Ms ?? null }
}
