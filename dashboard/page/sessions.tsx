/** Sessions: how many live, what puts them at risk, and those of one user, to end them. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import type { RevokeResponse, SessionsSummary, UserSessionsBody } from '../../src/admin/contract/sessions.ts'
import { ago, count, span } from '../format.ts'
import { ask } from '../state/api.ts'
import { useLoaded } from '../state/loaded.ts'
import { here, may } from '../state/me.ts'
import { go, place } from '../state/route.ts'
import { Facts, Panel, Tile } from '../ui/facts.tsx'
import { Notice, View } from '../ui/notice.tsx'
import { ReasonDialog } from '../ui/reason.tsx'
import { Table, type Column } from '../ui/table.tsx'

type Row = UserSessionsBody['sessions'][number]

export function Sessions(): JSX.Element {
  const summary = useLoaded<SessionsSummary>('api/sessions', 10_000)
  const user = useSignal(place.value.of ?? '')
  const search = (event: Event): void => {
    event.preventDefault()
    if (user.value.trim() !== '') go('sessions', user.value.trim())
  }
  return (
    <>
      <View of={summary}>
        {({ active, countedAtMs, problems, warnings, events }) => (
          <>
            {problems.map((problem) => (
              <Notice key={problem} level="critical" title={problem} />
            ))}
            {warnings.map((warning) => (
              <Notice key={warning} level="warning" title={warning} />
            ))}
            <div class="tiles">
              <Tile
                title="Live sessions"
                value={active === null ? 'Unknown' : count(active)}
                note={active === null ? 'Redis could not be asked' : `counted ${ago(countedAtMs)}`}
              />
            </div>
            <Panel title="In this process since it began">
              {Object.keys(events).length === 0 ? (
                <p class="empty">Nothing has happened to a session yet</p>
              ) : (
                <Facts facts={Object.entries(events).map(([name, number]) => [name, count(number)] as const)} />
              )}
            </Panel>
          </>
        )}
      </View>
      <Panel title="Sessions of a user">
        <form class="row" role="search" onSubmit={search}>
          <label class="field grow">
            <span>The user’s id, exactly</span>
            <input type="search" value={user.value} onInput={(event) => (user.value = event.currentTarget.value)} />
          </label>
          <button type="submit" class="primary">
            Show
          </button>
        </form>
        {place.value.of !== null && <OfUser user={place.value.of} />}
      </Panel>
    </>
  )
}

function OfUser({ user }: { readonly user: string }): JSX.Element {
  const list = useLoaded<UserSessionsBody>(`api/sessions/users/${encodeURIComponent(user)}`)
  const ending = useSignal<Row | 'all' | undefined>(undefined)
  const columns: readonly Column<Row>[] = [
    { title: 'Session', cell: (row) => row.label || row.handle },
    { title: 'Logged in', cell: (row) => ago(row.loginAtMs), by: (row) => row.loginAtMs },
    { title: 'Last seen', cell: (row) => ago(row.lastSeenMs), by: (row) => row.lastSeenMs },
    { title: 'Ends in', cell: (row) => span(row.endsMs - Date.now()), by: (row) => row.endsMs },
    ...(may('revoke-sessions')
      ? [
          {
            title: 'Revoke',
            cell: (row: Row) => (
              <button type="button" class="danger" onClick={() => (ending.value = row)}>
                Revoke…
              </button>
            ),
          },
        ]
      : []),
  ]
  const run = async (reason: string): Promise<string> => {
    const chosen = ending.value
    const one = chosen !== 'all' && chosen !== undefined
    const { revoked } = await ask<RevokeResponse>(one ? 'api/sessions/revoke' : 'api/sessions/revoke-user', {
      method: 'POST',
      body: { user, reason, ...(one && { handle: chosen.handle }), ...here() },
    })
    list.reload()
    return revoked === 0
      ? 'There was none left to revoke'
      : `${count(revoked)} ${revoked === 1 ? 'session' : 'sessions'} revoked`
  }
  return (
    <>
      <View of={list}>
        {({ sessions }) => (
          <>
            <Table
              label="Sessions of the user"
              columns={columns}
              rows={sessions}
              id={({ handle }) => handle}
              empty={`${user} has no live session`}
            />
            {may('revoke-sessions') && sessions.length > 0 && (
              <button
                type="button"
                class="danger"
                onClick={() => (ending.value = 'all')}
              >{`Revoke all ${sessions.length}…`}</button>
            )}
          </>
        )}
      </View>
      {ending.value !== undefined && (
        <ReasonDialog
          title={ending.value === 'all' ? `Revoke all sessions of ${user}?` : `Revoke this session of ${user}?`}
          action="Revoke"
          isDangerous
          run={run}
          onClose={() => (ending.value = undefined)}
        >
          <p>The next request with it is logged out, in every process.</p>
        </ReasonDialog>
      )}
    </>
  )
}
