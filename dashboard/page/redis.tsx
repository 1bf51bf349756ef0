/** What Redis says of itself. */
import type { JSX } from 'preact'

import type { RedisBody } from '../../src/admin/contract/servers.ts'
import { bytes, count, ms, NONE, span, when } from '../format.ts'
import { useLoaded } from '../state/loaded.ts'
import { Facts, Panel, Tile } from '../ui/facts.tsx'
import { View } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'

export function RedisPage(): JSX.Element {
  return <View of={useLoaded<RedisBody>('api/redis', 5000)}>{(body) => <Body {...body} />}</View>
}

function Body(redis: RedisBody): JSX.Element {
  const { memory } = redis
  const asked =
    redis.keyspaceHits !== null && redis.keyspaceMisses !== null ? redis.keyspaceHits + redis.keyspaceMisses : null
  return (
    <>
      <div class="tiles">
        <Tile
          title="Memory"
          value={bytes(memory.usedBytes)}
          note={
            memory.maxBytes === null
              ? 'limit unknown'
              : memory.maxBytes === 0
                ? 'no limit is set'
                : `of ${bytes(memory.maxBytes)}`
          }
          level={memory.maxBytes === 0 ? 'warning' : undefined}
        />
        <Tile
          title="Commands"
          value={redis.opsPerSecond === null ? NONE : `${count(redis.opsPerSecond)} /s`}
          note="of all clients"
        />
        <Tile title="Keys" value={count(redis.keys)} note="of this database" />
        <Tile
          title="Evicted"
          value={count(redis.evictedKeys)}
          note={memory.policy ?? 'policy unknown'}
          level={redis.evictedKeys ? 'warning' : undefined}
        />
        <Tile
          title="Clients"
          value={count(redis.connectedClients)}
          note={redis.maxClients === null ? '' : `of ${count(redis.maxClients)}`}
        />
        <Tile
          title="Rejected"
          value={count(redis.rejectedConnections)}
          note="connections since it started"
          level={redis.rejectedConnections ? 'critical' : undefined}
        />
      </div>
      <Panel title="Server">
        <Facts
          facts={[
            ['Version', redis.version ?? NONE],
            ['Role', redis.role ?? NONE],
            ['Replicas', count(redis.replicas)],
            ['Up for', redis.uptimeSeconds === null ? NONE : span(redis.uptimeSeconds * 1000)],
            ['Peak memory', bytes(memory.peakBytes)],
            ['Fragmentation', memory.fragmentation === null ? NONE : memory.fragmentation.toFixed(2)],
            ['Expired keys', count(redis.expiredKeys)],
            [
              'Lookups that found a key',
              asked === null || asked === 0 ? NONE : `${count(redis.keyspaceHits)} of ${count(asked)}`,
            ],
            ['Append-only file', yes(redis.persistence.aof)],
            ['Last save worked', yes(redis.persistence.lastSaveOk)],
          ]}
        />
      </Panel>
      <Panel title="Slowest commands lately">
        {redis.slowlog === null ? (
          <p class="empty">The account may not read the slow log</p>
        ) : (
          <Table
            label="Slow log"
            rows={redis.slowlog}
            id={({ id }) => String(id)}
            empty="No command was slow"
            columns={[
              { title: 'Time', cell: ({ atMs }) => when(atMs), by: ({ atMs }) => atMs },
              { title: 'Command', cell: ({ command }) => <span class="mono">{command}</span> },
              {
                title: 'Took',
                cell: ({ durationMs }) => ms(durationMs),
                by: ({ durationMs }) => durationMs,
                isNumber: true,
              },
            ]}
          />
        )}
      </Panel>
    </>
  )
}

function yes(value: boolean | null): string {
  return value === null ? NONE : value ? 'yes' : 'no'
}
