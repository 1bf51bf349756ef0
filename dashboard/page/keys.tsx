/** The key browser: a page of SCAN at a time, never all keys. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import type { KeyPageBody, KeyRow } from '../../src/admin/contract/keys.ts'
import { bytes, count, NONE, span } from '../format.ts'
import { withQuery } from '../state/api.ts'
import { draftKeys } from '../state/draft.ts'
import { useLoaded } from '../state/loaded.ts'
import { may } from '../state/me.ts'
import { go, hrefOf, place } from '../state/route.ts'
import { Panel } from '../ui/facts.tsx'
import { Badge, type Level } from '../ui/icon.tsx'
import { View } from '../ui/notice.tsx'
import { Pager } from '../ui/pager.tsx'
import { Table, type Column } from '../ui/table.tsx'
import { KeyPanel } from './key-panel.tsx'

const LEVELS: Readonly<Record<KeyRow['state'], Level>> = {
  current: 'ok',
  expired: 'info',
  invalidated: 'warning',
  unverified: 'unknown',
  unreadable: 'critical',
}
const STATES = Object.keys(LEVELS)

const ENDS: Readonly<Record<KeyPageBody['ended'], string>> = {
  budget: '; the page ended at its time limit',
  complete: '; that was all',
  full: '',
}

interface Search {
  readonly pattern: string
  readonly state: string
}

export function Keys(): JSX.Element {
  const { of } = place.value
  return (
    <>
      {of !== null && <KeyPanel name={of} />}
      <Browser />
    </>
  )
}

function Browser(): JSX.Element {
  const typed = useSignal<Search>({ pattern: '', state: '' })
  const asked = useSignal<Search>({ pattern: '', state: '' })
  const cursors = useSignal<readonly string[]>([])
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const page = useLoaded<KeyPageBody>(withQuery('api/keys', { ...asked.value, cursor: cursors.value.at(-1) ?? null }))
  const search = (event: Event): void => {
    event.preventDefault()
    cursors.value = []
    asked.value = { ...typed.value, pattern: globOf(typed.value.pattern) }
    page.reload()
  }
  const invalidate = (): void => {
    draftKeys.value = [...chosen.value]
    go('invalidate')
  }
  const choose = (key: string): void => {
    const next = new Set(chosen.value)
    if (!next.delete(key)) next.add(key)
    chosen.value = next
  }
  return (
    <Panel title="Keys in Redis">
      <form class="row" role="search" onSubmit={search}>
        <label class="field grow">
          <span>Key or pattern: * stands for any text</span>
          <input
            type="search"
            placeholder="user:*"
            value={typed.value.pattern}
            onInput={(event) => (typed.value = { ...typed.value, pattern: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>State</span>
          <select
            value={typed.value.state}
            onChange={(event) => (typed.value = { ...typed.value, state: event.currentTarget.value })}
          >
            <option value="">any</option>
            {STATES.map((state) => (
              <option key={state}>{state}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary">
          Search
        </button>
      </form>
      <View of={page}>
        {({ keys, cursor, scanned, ended }) => (
          <>
            <Table
              label="Keys"
              columns={columnsOf(chosen.value, choose)}
              rows={keys}
              id={({ key }) => key}
              empty={cursor === null ? 'No key matches' : 'None on this page; there are more pages'}
            />
            <Pager
              trail={cursors}
              next={cursor}
              backward="Back"
              forward="More"
              note={`${count(keys.length)} of ${count(scanned)} keys looked at${ENDS[ended]}`}
            >
              {may('invalidate') && (
                <button type="button" class="danger" disabled={chosen.value.size === 0} onClick={invalidate}>
                  {`Invalidate ${chosen.value.size} chosen…`}
                </button>
              )}
            </Pager>
          </>
        )}
      </View>
      <p class="muted">Keys of sessions are not among them, and values are never listed.</p>
    </Panel>
  )
}

function columnsOf(chosen: ReadonlySet<string>, choose: (key: string) => void): readonly Column<KeyRow>[] {
  return [
    ...(may('invalidate')
      ? [
          {
            title: 'Choose',
            cell: ({ key }: KeyRow) => (
              <input
                type="checkbox"
                aria-label={`Choose ${key}`}
                checked={chosen.has(key)}
                onChange={() => choose(key)}
              />
            ),
          },
        ]
      : []),
    {
      title: 'Key',
      cell: ({ key }) => (
        <a class="mono" href={hrefOf('keys', key)}>
          {key}
        </a>
      ),
      by: ({ key }) => key,
    },
    { title: 'State', cell: ({ state }) => <Badge level={LEVELS[state]}>{state}</Badge>, by: ({ state }) => state },
    { title: 'Size', cell: (row) => bytes(row.bytes), by: (row) => row.bytes, isNumber: true },
    { title: 'Fresh for', cell: (row) => left(row.freshUntilMs), by: (row) => row.freshUntilMs, isNumber: true },
    { title: 'Gone in', cell: (row) => left(row.goneAtMs), by: (row) => row.goneAtMs, isNumber: true },
    { title: 'Heat', cell: (row) => count(row.heat), by: (row) => row.heat, isNumber: true },
    { title: 'Tags', cell: (row) => row.tags.join(', ') || NONE },
  ]
}

function left(untilMs: number | null): string {
  if (untilMs === null) return NONE
  return untilMs <= Date.now() ? 'past' : span(untilMs - Date.now())
}

/** What a person types without a star is part of a key. */
function globOf(text: string): string {
  const trimmed = text.trim()
  return trimmed === '' || /[*?[\]\\]/.test(trimmed) ? trimmed : `*${trimmed}*`
}
