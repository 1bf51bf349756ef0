/*
 * A failover drill: a service at work loses the server that takes its writes, and what it noticed is measured.
 */
import { createCache, createRedis, type RedisOptions } from '../../src/index.ts'
import { startServiceLoop, type LoopReport } from './service-loop.ts'

export interface Drill {
  readonly name: string
  readonly redis: RedisOptions
  /** A key whose slot the drill is about. */
  readonly key?: string
  /** Does the harm; its own time counts. */
  readonly strike: () => Promise<void>
  /** Resolves when another server has the role; what lasts longer than this is the client's doing. */
  readonly promoted?: () => Promise<unknown>
}

export interface DrillResult extends LoopReport {
  readonly name: string
  readonly firstGoodWriteMs: number
  readonly promotedMs?: number
}

/** Runs a drill, and stops when writes have gone well for a second. */
export async function runDrill({ name, redis: options, key, strike, promoted }: Drill): Promise<DrillResult> {
  await using redis = createRedis(options)
  await redis.ready()
  await using cache = createCache({ redis, namespace: `drill-${process.pid}` })
  const loop = startServiceLoop({ redis, cache, ...(key !== undefined && { key }) })
  try {
    await loop.goodWrite()
    const beganMs = performance.now()
    await strike()
    const elapsed = (): number => performance.now() - beganMs
    const [firstGoodWriteMs, promotedMs] = await Promise.all([
      loop.goodWrite().then(elapsed),
      promoted?.().then(elapsed),
    ])
    for (const goodUntilMs = performance.now() + 1000; performance.now() < goodUntilMs;) await loop.goodWrite()
    const report = await loop.stop()
    return { name, firstGoodWriteMs, ...(promotedMs !== undefined && { promotedMs }), ...report }
  } finally {
    await loop.stop()
  }
}

/** The figures of drills as lines of text. */
export function drillTable(results: readonly DrillResult[]): readonly string[] {
  const head = [
    'drill',
    'good write',
    'promoted',
    'calls',
    'failed',
    'worst overrun',
    'timer late',
    'worst read',
    'rejections',
  ]
  const rows = results.map((result) => [
    result.name,
    ms(result.firstGoodWriteMs),
    result.promotedMs === undefined ? '' : ms(result.promotedMs),
    String(result.calls),
    String(result.failedCalls),
    ms(result.worstOverrunMs),
    ms(result.worstTimerDelayMs),
    ms(result.worstReadMs),
    String(result.unhandledRejections),
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
}

function ms(duration: number): string {
  return `${Math.round(duration)} ms`
}
