import type { SwitchStatus, TtlPolicy } from '../../admin/contract/control.ts'
import { print, type AdminCommand } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { table } from '../table.ts'
import { span } from '../units.ts'

export interface SwitchOptions {
  /** Left out: only looks. */
  readonly to?: 'on' | 'off'
  readonly reason: string
}

/** Whether the fleet caches; turns it on or off. */
export const switchCache: AdminCommand<SwitchOptions> = async (context, { to, reason }) => {
  const status = await context.admin.ask<SwitchStatus>(
    to === undefined
      ? { path: 'api/switch' }
      : { method: 'POST', path: 'api/switch', body: { enabled: to === 'on', reason } },
  )
  const who = status.by === null ? '' : ` (${status.by}${status.reason ? `: ${status.reason}` : ''})`
  print(context, status, () => [`Caching is ${status.enabled ? 'on' : 'off'}${who}`])
  if (status.acknowledged !== false) return ExitCode.ok
  context.terminal.say('Redis is away: the fleet is told when it answers again')
  return ExitCode.partial
}

export interface TtlOptions {
  /** Left out: only looks. */
  readonly name?: string
  readonly ttlMs?: number | null
  readonly reason: string
}

/** How long each kind of data is fresh; lays a TTL over one, or takes it back. */
export const ttl: AdminCommand<TtlOptions> = async (context, { name, ttlMs, reason }) => {
  const policy = await context.admin.ask<TtlPolicy>(
    name === undefined || ttlMs === undefined
      ? { path: 'api/ttls' }
      : { method: 'PUT', path: `api/ttls/${encodeURIComponent(name)}`, body: { ttlMs, reason } },
  )
  print(context, policy, () => [
    ...table(
      [{ title: 'FAMILY' }, { title: 'TTL', align: 'right' }, { title: 'FROM' }],
      policy.ttls.map((row) => [row.name, row.ttlMs === null ? 'the cache’s' : span(row.ttlMs), row.source]),
    ),
    `Changes reach ${policy.scope === 'fleet' ? 'the whole fleet' : 'one process only'}`,
  ])
  return ExitCode.ok
}
