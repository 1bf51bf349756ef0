import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'

/** Somebody asked not to be told of an alert for a while. It goes on to be watched and shown. */
export interface Silence {
  readonly id: string
  /** The name of a rule, or `*` for all. */
  readonly rule: string
  /** Milliseconds since 1970. */
  readonly untilMs: number
  readonly by: string
  readonly reason: string
}

export interface Silences {
  add(silence: Omit<Silence, 'id'>): Silence
  /** False when there is none of this id. */
  remove(id: string): boolean
  list(): readonly Silence[]
  covers(rule: string): boolean
}

/** The silences of this process. One ends by itself: what nobody ends would hide an outage for ever. */
export function createSilences({ clock, random }: { readonly clock: Clock; readonly random: Random }): Silences {
  let silences: readonly Silence[] = []
  const current = (): readonly Silence[] => {
    silences = silences.filter(({ untilMs }) => untilMs > clock.wallMs())
    return silences
  }
  return {
    add(silence) {
      const added = { id: random.id(), ...silence }
      silences = [...current(), added]
      return added
    },
    remove(id) {
      const before = current().length
      silences = silences.filter((silence) => silence.id !== id)
      return silences.length < before
    },
    list: current,
    covers: (rule) => current().some((silence) => silence.rule === rule || silence.rule === '*'),
  }
}
