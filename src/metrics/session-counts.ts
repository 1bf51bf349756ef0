import type { Clock } from '../base/clock.ts'
import { SessionUnavailableError } from '../base/errors.ts'
import type { Sessions } from '../session/sessions.ts'
import { byWords } from './cache-counts.ts'
import { instrument } from './catalogue.ts'
import { increment } from './family-counts.ts'
import type { Sample } from './sample.ts'

export interface SessionCountsDeps {
  readonly sessions: Pick<Sessions, 'stats' | 'count'>
  readonly clock: Clock
}

export interface SessionSamples {
  read(): IterableIterator<Sample>
  close(): void
}

/** Counting those that live costs hundreds of small commands. */
const COUNT_EVERY_MS = 60_000
const REFUSED = 'cookie-refused:'

/** What operators call what sessions tell; what is not here keeps its own name. */
const EVENTS: Readonly<Record<string, string>> = {
  'session-created': 'create',
  'session-resumed': 'resume',
  'session-renewed': 'rotate',
  'session-ended:logout': 'destroy',
  'session-ended:login': 'destroy',
  'session-ended:revoked': 'revoke',
  'session-ended:cap': 'cap',
}

/** The counts that sessions keep themselves, and how many live, asked once a minute behind the readers. */
export function createSessionSamples({ sessions, clock }: SessionCountsDeps): SessionSamples {
  let active: number | undefined
  let closed = false
  let cancel = (): void => undefined
  const ask = async (): Promise<void> => {
    try {
      active = await sessions.count()
    } catch (error) {
      if (!(error instanceof SessionUnavailableError)) throw error
      // An old count would hide that nobody knows.
      active = undefined
    }
    if (!closed) cancel = clock.after(COUNT_EVERY_MS, () => void ask())
  }
  void ask()
  return {
    *read() {
      const events = new Map<string, number>()
      const refused = new Map<string, number>()
      for (const [name, count] of Object.entries(sessions.stats())) {
        if (name.startsWith(REFUSED)) increment(refused, name.slice(REFUSED.length), count)
        else increment(events, EVENTS[name] ?? name.replace(':', '-'), count)
      }
      yield* byWords('session_events_total', events)
      yield* byWords('session_rejections_total', refused)
      if (active !== undefined) yield { instrument: instrument('sessions_active'), labels: {}, value: active }
    },
    close() {
      closed = true
      cancel()
    },
  }
}
