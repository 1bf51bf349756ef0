import type { Overview } from '../../admin/contract/overview.ts'
import { print, sectionTitle, type AdminCommand, type CommandContext } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { pairs } from '../table.ts'
import { bytes, count, milliseconds, perSecond, ratio } from '../units.ts'

export interface StatsOptions {
  /** Again and again, until it is interrupted. */
  readonly watch?: boolean
  readonly everyMs: number
}

/** What the cache does: how much it spares the source, how fast, and what is wrong. */
export const stats: AdminCommand<StatsOptions> = async (context, { watch, everyMs }) => {
  const { admin, terminal, pause } = context
  for (;;) {
    const overview = await admin.ask<Overview>({ path: 'api/overview' })
    print(context, overview, () => describe(context, overview))
    if (!watch || terminal.signal.aborted) return ExitCode.ok
    await pause(everyMs)
    if (terminal.signal.aborted) return ExitCode.ok
    if (!context.json) terminal.out('')
  }
}

function describe(
  context: CommandContext,
  { namespace, environment, problems, cache, totals, recent, memory, redis, sessions, alerts }: Overview,
): readonly string[] {
  const rows: (readonly [string, string])[] = [
    ['cache', `${cache.state}${cache.bound === 'unfenced' ? ', bound not held through a failover' : ''}`],
    [
      'last heard from the log',
      cache.heardMsAgo === null
        ? 'never'
        : `${milliseconds(cache.heardMsAgo)} ago, bound ${milliseconds(cache.boundMs)}`,
    ],
    ['hit ratio', `${ratio(totals.hitRatio)}${recent ? `, lately ${ratio(recent.hitRatio)}` : ''}`],
    [
      'reads',
      `${count(totals.hits + totals.stale + totals.misses + totals.bypassed)}${recent ? `, lately ${perSecond(recent.readsPerSecond)}` : ''}`,
    ],
    ['  from memory, from Redis', `${count(totals.hitsL1)}, ${count(totals.hitsL2)}`],
    ['  stale, missed, bypassed', `${count(totals.stale)}, ${count(totals.misses)}, ${count(totals.bypassed)}`],
    ['loads', `${count(totals.loads)}, ${count(totals.loadErrors)} failed; ${count(totals.loadsAvoided)} avoided`],
    ...(recent
      ? [
          [
            'a read took (p50, p95, p99)',
            [recent.get.p50, recent.get.p95, recent.get.p99].map(milliseconds).join(', '),
          ] as const,
        ]
      : []),
    ['invalidations', count(totals.invalidations)],
    ['errors', count(totals.errors)],
    [
      'memory of this process',
      `${bytes(memory.bytes)}${memory.maxBytes === null ? '' : ` of ${bytes(memory.maxBytes)}`}, ${count(memory.entries)} entries`,
    ],
    [
      'Redis',
      `${redis.state}, breaker ${redis.breaker}, ${bytes(redis.usedMemoryBytes)} used, ${count(redis.evictedKeys)} keys evicted`,
    ],
    ...(sessions ? [['sessions', count(sessions.active)] as const] : []),
    ...(alerts ? [['alerts', `${alerts.firing} firing, ${alerts.pending} pending`] as const] : []),
  ]
  return [
    sectionTitle(context, `${namespace} in ${environment}`),
    ...problems.map((problem) => context.terminal.styled('red', `! ${problem}`)),
    ...pairs(rows),
  ]
}
