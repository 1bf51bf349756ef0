/** Words where figures cannot be: nothing there yet, no such part, something wrong. */
import type { ComponentChildren, JSX } from 'preact'

import type { Failure } from '../state/api.ts'
import type { Loading } from '../state/loaded.ts'
import { Icon, type Level } from './icon.tsx'

interface NoticeProps {
  readonly level: Level
  readonly title: string
  readonly text?: string
  readonly children?: ComponentChildren
}

export function Notice({ level, title, text, children }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${level}`} role={level === 'critical' ? 'alert' : undefined}>
      <Icon level={level} />
      <div>
        <strong>{title}</strong>
        {text !== undefined && <p>{text}</p>}
        {children}
      </div>
    </div>
  )
}

const TITLES: Partial<Record<Failure['code'], string>> = {
  'not-available': 'This deployment does not have this part',
  hidden: 'This deployment hides it',
  forbidden: 'Your role may not see this',
  unauthenticated: 'You are not logged in',
  'redis-unavailable': 'Redis is down, and this can only be asked of Redis',
  'rate-limited': 'Too many changes in a minute: wait a little',
  unreachable: 'The service does not answer',
  'not-found': 'There is no such thing',
}
const QUIET: ReadonlySet<Failure['code']> = new Set<Failure['code']>(['not-available', 'hidden', 'forbidden'])

export function FailureNotice({
  failure,
  retry,
}: {
  readonly failure: Failure
  readonly retry?: () => void
}): JSX.Element {
  const isQuiet = QUIET.has(failure.code)
  return (
    <Notice
      level={isQuiet ? 'info' : 'critical'}
      title={TITLES[failure.code] ?? 'It could not be read'}
      text={failure.message}
    >
      {retry && !isQuiet && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </Notice>
  )
}

interface ViewProps<T> {
  readonly of: Loading<T>
  readonly children: (value: T) => ComponentChildren
}

/** What was loaded, or why not. What is old is shown under the reason. */
export function View<T>({ of, children }: ViewProps<T>): JSX.Element {
  const loaded = of.loaded.value
  if (loaded.state === 'loading')
    return (
      <p class="muted loading" role="status">
        Loading…
      </p>
    )
  if (loaded.state === 'ready') return <>{children(loaded.value)}</>
  return (
    <>
      <FailureNotice failure={loaded.failure} retry={of.reload} />
      {loaded.last !== undefined && (
        <div class="old">
          <p class="muted">What it last answered:</p>
          {children(loaded.last)}
        </div>
      )}
    </>
  )
}
