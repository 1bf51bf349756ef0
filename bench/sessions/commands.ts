import type { Redis as Client } from 'ioredis'

/** How often what was called since the last reset, without what the benchmark itself calls and what scripts call. */
export async function commandsSince(client: Client): Promise<ReadonlyMap<string, number>> {
  const stats = await client.info('commandstats')
  const counts = new Map<string, number>()
  for (const [, name = '', calls] of stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (!/^(info|config|ping|client|hello|wait)/.test(name)) counts.set(name, Number(calls))
  }
  // A script's commands are counted beside it, and cost no round trip.
  if (counts.has('evalsha')) {
    counts.set('set', Math.max(0, (counts.get('set') ?? 0) - (counts.get('evalsha') ?? 0)))
    counts.delete('getrange')
  }
  return new Map([...counts].filter(([, count]) => count > 0))
}

/** Commands per request: all of them, and each by its name. */
export interface PerRequest {
  readonly all: number
  readonly each: Readonly<Record<string, number>>
}

export function perRequest(counts: ReadonlyMap<string, number>, requests: number): PerRequest {
  const rounded = (count: number): number => Math.round((count / requests) * 1000) / 1000
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return {
    all: rounded(all),
    each: Object.fromEntries([...counts].map(([name, count]) => [name, rounded(count)] as const)),
  }
}
