/** How fresh the figures are: live, asked every few seconds, or old. */
import type { JSX } from 'preact'

import { clockTime } from '../format.ts'
import { connect, link, overview } from '../state/live.ts'
import { Badge } from './icon.tsx'

export function LinkState(): JSX.Element {
  const now = link.value
  const asOf = overview.value ? ` · as of ${clockTime(overview.value.atMs)}` : ''
  switch (now.state) {
    case 'live':
      return <Badge level="ok">Live</Badge>
    case 'connecting':
      return <Badge level="unknown">Connecting…</Badge>
    case 'paused':
      return <Badge level="unknown">Paused</Badge>
    case 'polling':
      return <Badge level="info">{`Every 3 s${asOf}`}</Badge>
    case 'lost':
      return (
        <>
          <Badge level="critical">{`${now.why}${asOf}`}</Badge>
          <button type="button" onClick={connect}>
            Try now
          </button>
        </>
      )
  }
}
