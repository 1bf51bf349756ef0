/** The families: which of them earns its keep, which is slow, and how long each is fresh. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import type { TtlPolicy, TtlRow } from '../../src/admin/contract/control.ts'
import type { FamilyDetail, FamilyList, FamilyRow } from '../../src/admin/contract/families.ts'
import { bytes, count, exactly, ms, percent, span } from '../format.ts'
import { ask } from '../state/api.ts'
import { draftFamily } from '../state/draft.ts'
import { useLoaded } from '../state/loaded.ts'
import { here, may } from '../state/me.ts'
import { go, hrefOf, place } from '../state/route.ts'
import { Facts, Panel } from '../ui/facts.tsx'
import { Notice, View } from '../ui/notice.tsx'
import { ReasonDialog } from '../ui/reason.tsx'
import { Table, type Column } from '../ui/table.tsx'

const BRIEF: readonly Column<FamilyRow>[] = [
  { title: 'Family', cell: ({ name }) => <a href={hrefOf('families', name)}>{name}</a>, by: ({ name }) => name },
  { title: 'Hit ratio', cell: (row) => <Ratio ratio={row.hitRatio} />, by: (row) => row.hitRatio, isNumber: true },
  { title: 'Loads avoided', cell: (row) => count(row.loadsAvoided), by: (row) => row.loadsAvoided, isNumber: true },
  { title: 'p95', cell: (row) => ms(row.get.p95), by: (row) => row.get.p95, isNumber: true },
]
const ALL: readonly Column<FamilyRow>[] = [
  ...BRIEF.slice(0, 3),
  { title: 'Reads', cell: (row) => count(reads(row)), by: reads, isNumber: true },
  { title: 'Stale', cell: (row) => count(row.stale), by: (row) => row.stale, isNumber: true },
  { title: 'Loads', cell: (row) => count(row.loads), by: (row) => row.loads, isNumber: true },
  { title: 'Failed', cell: (row) => count(row.loadErrors), by: (row) => row.loadErrors, isNumber: true },
  { title: 'p50', cell: (row) => ms(row.get.p50), by: (row) => row.get.p50, isNumber: true },
  ...BRIEF.slice(3),
  { title: 'p99', cell: (row) => ms(row.get.p99), by: (row) => row.get.p99, isNumber: true },
  { title: 'Mean size', cell: (row) => bytes(row.meanBytes), by: (row) => row.meanBytes, isNumber: true },
  { title: 'TTL', cell: (row) => ttl(row.ttlMs), by: (row) => row.ttlMs, isNumber: true },
]

export function FamilyTable({
  rows,
  isShort = false,
}: {
  readonly rows: readonly FamilyRow[]
  readonly isShort?: boolean
}): JSX.Element {
  return (
    <Table
      label="Families"
      columns={isShort ? BRIEF : ALL}
      rows={rows}
      id={({ name }) => name}
      empty="No family has been read yet"
    />
  )
}

export function Families(): JSX.Element {
  const list = useLoaded<FamilyList>('api/families', 5000)
  const { of } = place.value
  return (
    <>
      {of !== null && <Family name={of} />}
      <Panel title="All families">
        <View of={list}>
          {({ families, measured }) => (
            <>
              {!measured && (
                <Notice
                  level="info"
                  title="No figures are collected here"
                  text="This deployment runs without metrics: names and TTLs are all that is known."
                />
              )}
              <FamilyTable rows={families} />
            </>
          )}
        </View>
        <p class="muted">
          Counts are of this process since it began; latency is of the last five minutes, loads included.
        </p>
      </Panel>
      <Ttls />
    </>
  )
}

function Family({ name }: { readonly name: string }): JSX.Element {
  const detail = useLoaded<FamilyDetail>(`api/families/${encodeURIComponent(name)}`)
  const invalidate = (): void => {
    draftFamily.value = name
    go('invalidate')
  }
  return (
    <Panel title={name} side={<a href={hrefOf('families')}>Close</a>}>
      <View of={detail}>
        {({ family, hotKeys, warmable }) => (
          <>
            <Facts
              facts={[
                ['Hit ratio', percent(family.hitRatio)],
                ['Reads', count(reads(family))],
                ['Loads avoided', count(family.loadsAvoided)],
                ['Loads failed', count(family.loadErrors)],
                ['TTL', ttl(family.ttlMs)],
                ['Can be warmed', warmable ? 'yes' : 'no'],
              ]}
            />
            <h3>Hottest keys</h3>
            {hotKeys.length === 0 ? (
              <p class="muted">None: heat is not counted, or nothing is hot.</p>
            ) : (
              <ul class="plain">
                {hotKeys.map(({ key, heat }) => (
                  <li key={key}>
                    <a href={hrefOf('keys', key)}>{key}</a> <span class="muted">{count(heat)}</span>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </View>
      {may('invalidate') && (
        <button type="button" onClick={invalidate}>
          Invalidate this family…
        </button>
      )}
    </Panel>
  )
}

function Ttls(): JSX.Element {
  const policy = useLoaded<TtlPolicy>('api/ttls')
  const changing = useSignal<TtlRow | undefined>(undefined)
  const columns: readonly Column<TtlRow>[] = [
    { title: 'Name', cell: (row) => row.name, by: (row) => row.name },
    { title: 'TTL', cell: (row) => ttl(row.ttlMs), by: (row) => row.ttlMs, isNumber: true },
    { title: 'From', cell: (row) => SOURCES[row.source] },
    ...(may('change-ttls')
      ? [
          {
            title: 'Change',
            cell: (row: TtlRow) => (
              <button type="button" aria-label={`Change the TTL of ${row.name}`} onClick={() => (changing.value = row)}>
                Change…
              </button>
            ),
          },
        ]
      : []),
  ]
  return (
    <Panel title="TTL policy">
      <View of={policy}>
        {({ ttls, scope, updatedBy, updatedAtMs }) => (
          <>
            <Table
              label="TTL policy"
              columns={columns}
              rows={ttls}
              id={({ name }) => name}
              empty="No TTL is set by name"
            />
            <p class="muted">
              A change reaches {scope === 'fleet' ? 'the whole fleet' : 'this process alone'}, and new entries only.
              {updatedBy && updatedAtMs ? ` Last by ${updatedBy}, ${span(Date.now() - updatedAtMs)} ago.` : ''}
            </p>
          </>
        )}
      </View>
      {changing.value && (
        <TtlDialog row={changing.value} onDone={policy.put} onClose={() => (changing.value = undefined)} />
      )}
    </Panel>
  )
}

function TtlDialog({
  row,
  onDone,
  onClose,
}: {
  readonly row: TtlRow
  readonly onDone: (policy: TtlPolicy) => void
  readonly onClose: () => void
}): JSX.Element {
  const seconds = useSignal(row.ttlMs === null ? '' : String(row.ttlMs / 1000))
  const run = async (reason: string): Promise<string> => {
    const ttlMs = seconds.value.trim() === '' ? null : Math.round(Number(seconds.value) * 1000)
    onDone(
      await ask<TtlPolicy>(`api/ttls/${encodeURIComponent(row.name)}`, {
        method: 'PUT',
        body: { ttlMs, reason, ...here() },
      }),
    )
    return ttlMs === null
      ? `The TTL of ${row.name} is as it was before`
      : `New entries of ${row.name} are fresh for ${exactly(ttlMs)}`
  }
  return (
    <ReasonDialog title={`TTL of ${row.name}`} action="Change" run={run} onClose={onClose}>
      <label class="field">
        <span>Seconds, at least 1; empty takes the change back</span>
        <input
          type="number"
          min={1}
          step="any"
          value={seconds.value}
          onInput={(event) => (seconds.value = event.currentTarget.value)}
        />
      </label>
    </ReasonDialog>
  )
}

const SOURCES: Readonly<Record<TtlRow['source'], string>> = {
  default: 'built-in table',
  configured: 'configuration',
  family: 'its code',
  cache: 'the cache’s TTL',
  runtime: 'changed here',
}

function Ratio({ ratio }: { readonly ratio: number | null }): JSX.Element {
  return (
    <span class="ratio">
      {ratio !== null && <meter min={0} max={1} value={ratio} aria-hidden="true" />}
      {percent(ratio)}
    </span>
  )
}

function reads({ hits, stale, misses }: FamilyRow): number {
  return hits + stale + misses
}

function ttl(value: number | null): string {
  return value === null ? 'by cost' : exactly(value)
}
