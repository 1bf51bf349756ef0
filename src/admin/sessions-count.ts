/** How many sessions live. Counting costs hundreds of small commands, so whoever asks gets what was counted last. */
import type { Clock } from '../base/clock.ts'
import { SessionError } from '../base/errors.ts'
import type { Sessions } from '../session/sessions.ts'

const COUNT_EVERY_MS = 60_000

export interface SessionsCount {
  /** What was counted last; begins to count anew, behind, when that is old. */
  last(): { readonly active: number | null; readonly countedAtMs: number | null }
  /** The same, once the first count has ended. */
  known(): Promise<{ readonly active: number | null; readonly countedAtMs: number | null }>
}

export function createSessionsCount(
  clock: Clock,
  sessions: Pick<Sessions, 'count'> | undefined,
  onError: (error: unknown) => void,
): SessionsCount {
  let active: number | null = null
  let countedAtMs: number | null = null
  let askedMs = Number.NEGATIVE_INFINITY
  let counting: Promise<void> | undefined

  const count = async (): Promise<void> => {
    try {
      active = (await sessions?.count()) ?? null
      countedAtMs = clock.wallMs()
    } catch (error) {
      active = null
      if (!(error instanceof SessionError)) onError(error)
    }
  }
  const last = () => {
    if (sessions && clock.monoMs() - askedMs >= COUNT_EVERY_MS) {
      askedMs = clock.monoMs()
      counting = count()
    }
    return { active, countedAtMs }
  }
  return {
    last,
    async known() {
      last()
      await counting
      return { active, countedAtMs }
    },
  }
}
