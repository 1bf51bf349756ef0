/** The audit trail: who did what and why, and what was refused. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import type { AuditPage, AuditRow } from '../../src/admin/contract/audit.ts'
import { count, when } from '../format.ts'
import { withQuery } from '../state/api.ts'
import { useLoaded } from '../state/loaded.ts'
import { Panel } from '../ui/facts.tsx'
import { Badge, type Level } from '../ui/icon.tsx'
import { Notice, View } from '../ui/notice.tsx'
import { Pager } from '../ui/pager.tsx'
import { Table, type Column } from '../ui/table.tsx'

const RESULTS: Readonly<Record<AuditRow['result'], Level>> = {
  done: 'ok',
  queued: 'info',
  refused: 'warning',
  failed: 'critical',
}
const COLUMNS: readonly Column<AuditRow>[] = [
  { title: 'Time', cell: ({ atMs }) => when(atMs) },
  { title: 'Who', cell: ({ user, role }) => `${user} (${role})` },
  { title: 'From', cell: ({ from }) => <span class="mono">{from}</span> },
  { title: 'What', cell: ({ action, dryRun }) => (dryRun ? `${action}, dry run` : action) },
  { title: 'Targets', cell: ({ targets }) => <span class="mono">{targets.join(', ')}</span> },
  { title: 'Count', cell: (row) => count(row.count), isNumber: true },
  {
    title: 'Result',
    cell: ({ result, code }) => <Badge level={RESULTS[result]}>{code === null ? result : `${result}: ${code}`}</Badge>,
  },
  { title: 'Reason', cell: ({ reason }) => reason },
]

export function Audit(): JSX.Element {
  const typed = useSignal({ search: '', result: '' })
  const asked = useSignal({ search: '', result: '' })
  const before = useSignal<readonly string[]>([])
  const page = useLoaded<AuditPage>(withQuery('api/audit', { ...asked.value, before: before.value.at(-1) ?? null }))
  const search = (event: Event): void => {
    event.preventDefault()
    before.value = []
    asked.value = typed.value
    page.reload()
  }
  return (
    <Panel title="Who did what">
      <form class="row" role="search" onSubmit={search}>
        <label class="field grow">
          <span>Text in it</span>
          <input
            type="search"
            value={typed.value.search}
            onInput={(event) => (typed.value = { ...typed.value, search: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>Result</span>
          <select
            value={typed.value.result}
            onChange={(event) => (typed.value = { ...typed.value, result: event.currentTarget.value })}
          >
            <option value="">any</option>
            {Object.keys(RESULTS).map((result) => (
              <option key={result}>{result}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary">
          Search
        </button>
      </form>
      <View of={page}>
        {({ rows, before: older, store, waiting, lost }) => (
          <>
            {store === 'memory' && (
              <Notice
                level="warning"
                title="Redis is away"
                text="These rows wait in this process until they can be written."
              />
            )}
            {lost > 0 && <Notice level="critical" title={`${count(lost)} rows were lost while Redis was away`} />}
            <Table
              label="Audit trail"
              columns={COLUMNS}
              rows={rows}
              id={({ id }) => id}
              empty={older === null ? 'Nobody did anything that matches' : 'None on this page; there are older ones'}
            />
            <Pager
              trail={before}
              next={older}
              backward="Newer"
              forward="Older"
              note={waiting > 0 ? `${count(waiting)} rows wait to be written` : ''}
            />
          </>
        )}
      </View>
    </Panel>
  )
}
