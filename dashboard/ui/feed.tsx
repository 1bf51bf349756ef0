import type { JSX } from 'preact'

import { when } from '../format.ts'
import { activities } from '../state/live.ts'
import { Icon } from './icon.tsx'

/** What happened lately, newest first. */
export function Feed(): JSX.Element {
  if (activities.value.length === 0) return <p class="empty">Nothing has happened since this process began</p>
  return (
    <ol class="feed scroll short" tabIndex={0} aria-label="What happened, newest first">
      {activities.value.map(({ id, atMs, level, text }) => (
        <li key={`${id}:${atMs}`}>
          <Icon level={level === 'error' ? 'critical' : level} />
          <time dateTime={new Date(atMs).toISOString()}>{when(atMs)}</time>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  )
}
