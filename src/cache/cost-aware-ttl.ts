/**
 * A TTL that follows what a value cost. Of a query that is asked all the time, the source runs one load per TTL, so the
 * share of time it spends on that query is load ÷ TTL. Keeping the share equal for all queries gives
 *
 *     cost = loadMs + documents × perDocument           worth keeping when cost > cheaperThan + bytes ÷ BYTES_PER_MS
 *     ttl  = min ≤ cost × perMs ≤ max                   0 when it is not worth keeping
 *
 * With `perMs: '1s'` each hot query takes at most a thousandth of one connection of the source. Documents count besides
 * time because a load measured on an idle source looks cheaper than it is. Bytes count on the other side: a value that is
 * longer to fetch and decode than to load again is not worth its room. The TTL never falls with time or documents and
 * never rises with bytes. It is no promise about staleness: invalidations are.
 */
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import type { TtlPolicy } from './ttl.ts'

/** How a TTL follows the cost. */
export interface CostAwareTtlOptions {
  /** The TTL of the cheapest value that is kept. */
  readonly min: Duration
  /** No value is fresh for longer than this. */
  readonly max: Duration
  /**
   * Freshness for each millisecond of cost.
   * @default '1s'
   */
  readonly perMs?: Duration
  /**
   * What one document the source looked at adds to the cost.
   * @default 0.02 (milliseconds)
   */
  readonly perDocument?: Duration
  /**
   * A load that cost no more than this is not cached: a read of Redis takes as long. `0` caches every load.
   * @default '1ms'
   */
  readonly cheaperThan?: Duration
}

/** What a value adds to a read of the cache: about 100 MB/s through the socket and the decoder. */
const BYTES_PER_MS = 100_000

/**
 * A TTL policy between two bounds, for queries whose cost differs by orders of magnitude.
 *
 * @returns a pure function of the cost; a cost that cannot be told (NaN, negative) counts as zero
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when a duration is none, `min` is zero, or `max` is below `min`
 */
export function costAwareTtl(options: CostAwareTtlOptions): TtlPolicy {
  const minMs = toMs(options.min, 'min')
  const maxMs = toMs(options.max, 'max')
  const perMs = toMs(options.perMs ?? '1s', 'perMs')
  const perDocumentMs = toMs(options.perDocument ?? 0.02, 'perDocument')
  const cheaperThanMs = toMs(options.cheaperThan ?? '1ms', 'cheaperThan')
  if (minMs <= 0 || maxMs < minMs) {
    throw new ConfigError(`min must be above zero and max at least min, got min ${minMs} ms and max ${maxMs} ms`)
  }
  return ({ loadMs, bytes, documents = 0 }) => {
    const costMs = measured(loadMs) + measured(documents) * perDocumentMs
    const cacheMs = cheaperThanMs === 0 ? 0 : cheaperThanMs + measured(bytes) / BYTES_PER_MS
    if (cacheMs > 0 && costMs <= cacheMs) return 0
    return Math.min(maxMs, Math.max(minMs, costMs * perMs))
  }
}

function measured(quantity: number): number {
  return quantity > 0 ? quantity : 0
}
