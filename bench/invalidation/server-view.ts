/**
 * What Redis itself notes: how often each command ran, and which runs, or other work of its one thread, took a millisecond or
 * more. Unlike a latency seen from outside, that contains no wait of the asker. It does contain the waits of Redis itself for
 * a processor in the middle of a command, hence the phase of plain GETs, of which none takes a millisecond of work.
 */
import type { Admin } from '../../test/support/redis-admin.ts'
import { median } from '../support/statistics.ts'

export interface Stalls {
  /** The longest of the slow log; 0 when no command took a millisecond. */
  readonly worstCommandMs: number
  /** Those of the slow log by their kind. */
  readonly slow: readonly SlowKind[]
  /** The longest of each kind of event that the latency monitor noted, in whole ms. */
  readonly latencyEventsMs: Readonly<Record<string, number>>
}

interface SlowKind {
  readonly command: string
  readonly from1Ms: number
  readonly from5Ms: number
  readonly medianMs: number
  readonly worstMs: number
}

export async function noteStalls(admin: Admin): Promise<void> {
  await admin.call('CONFIG', 'SET', 'slowlog-log-slower-than', 1000)
  await admin.call('CONFIG', 'SET', 'slowlog-max-len', 100_000)
  await admin.call('CONFIG', 'SET', 'latency-monitor-threshold', 1)
}

/** What was noted since the last call. */
export async function takeStalls(admin: Admin): Promise<Stalls> {
  const slow = (await admin.call('SLOWLOG', 'GET', -1)) as readonly [number, number, number, readonly string[]][]
  const events = (await admin.call('LATENCY', 'LATEST')) as readonly [string, number, number, number][]
  await admin.call('SLOWLOG', 'RESET')
  await admin.call('LATENCY', 'RESET')
  const byCommand = Object.entries(Object.groupBy(slow, ([, , , [name = '']]) => name.toLowerCase()))
  const kinds = byCommand.map(([command, runs = []]) =>
    slowKind(
      command,
      runs.map(([, , us]) => us / 1000),
    ),
  )
  return {
    worstCommandMs: Math.max(0, ...kinds.map(({ worstMs }) => worstMs)),
    slow: kinds,
    latencyEventsMs: Object.fromEntries(events.map(([event, , , worstMs]) => [event, worstMs])),
  }
}

function slowKind(command: string, tookMs: readonly number[]): SlowKind {
  return {
    command,
    from1Ms: tookMs.length,
    from5Ms: tookMs.filter((ms) => ms > 5).length,
    medianMs: median(tookMs),
    worstMs: Math.max(...tookMs),
  }
}

/** How often each command ran since the server began, those that scripts ran included. */
export async function commandCounts(admin: Admin): Promise<ReadonlyMap<string, number>> {
  const stats = await admin.info('commandstats')
  return new Map(
    [...stats].map(([name, text]) => [name.replace('cmdstat_', ''), Number(/^calls=(\d+)/.exec(text)?.[1] ?? 0)]),
  )
}
