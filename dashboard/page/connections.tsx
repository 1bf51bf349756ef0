/** The way to Redis: nodes, pool, breaker, and what came and went. */
import type { JSX } from 'preact'

import type { ConnectionsBody } from '../../src/admin/contract/servers.ts'
import { ago, count, ms, NONE, when } from '../format.ts'
import { useLoaded } from '../state/loaded.ts'
import { Facts, Panel } from '../ui/facts.tsx'
import { Badge, type Level } from '../ui/icon.tsx'
import { Notice, View } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'

const HEALTH: Readonly<Record<ConnectionsBody['health']['state'], Level>> = {
  ok: 'ok',
  degraded: 'warning',
  down: 'critical',
  unknown: 'unknown',
  none: 'info',
}
const BREAKER: Readonly<Record<ConnectionsBody['breaker'], Level>> = {
  closed: 'ok',
  open: 'critical',
  'half-open': 'warning',
  none: 'info',
}

export function Connections(): JSX.Element {
  return <View of={useLoaded<ConnectionsBody>('api/connections', 3000)}>{(body) => <Body {...body} />}</View>
}

function Body({ address, topology, nodes, pool, breaker, health, log }: ConnectionsBody): JSX.Element {
  return (
    <>
      {health.problems.map((problem) => (
        <Notice key={problem} level="critical" title={problem} />
      ))}
      {health.warnings.map((warning) => (
        <Notice key={warning} level="warning" title={warning} />
      ))}
      <Panel title="The way to Redis">
        <Facts
          facts={[
            ['Address', address ?? 'hidden, or there is none'],
            ['Topology', topology],
            ['Health', <Badge level={HEALTH[health.state]}>{health.state}</Badge>],
            ['Breaker', <Badge level={BREAKER[breaker]}>{breaker}</Badge>],
            ['Probe read · write', `${ms(health.readMs)} · ${ms(health.writeMs)}`],
            ['Probed', ago(health.checkedAtMs)],
            ['Connections ready of open', pool ? `${count(pool.ready)} of ${count(pool.open)}` : NONE],
            ['Commands in flight', pool ? count(pool.inFlight) : NONE],
          ]}
        />
      </Panel>
      <Panel title="Nodes">
        <Table
          label="Nodes"
          rows={nodes}
          id={({ address, role }) => `${role} ${address}`}
          empty="No node is known"
          columns={[
            { title: 'Address', cell: (node) => <span class="mono">{node.address}</span> },
            { title: 'Role', cell: ({ role }) => role },
            { title: 'State', cell: ({ state }) => state },
          ]}
        />
      </Panel>
      <Panel title="What came and went">
        <Table
          label="Log of connections"
          rows={log.map((line, index) => ({ ...line, index }))}
          id={({ index }) => String(index)}
          empty="Nothing since this process began"
          columns={[
            { title: 'Time', cell: ({ atMs }) => when(atMs) },
            { title: 'Kind', cell: ({ kind }) => kind },
            { title: 'What', cell: ({ text }) => text },
          ]}
        />
      </Panel>
    </>
  )
}
