/**
 * The silences of the fleet. What is added or lifted holds in this process at once, in the others when they look next. Each
 * process keeps what it knows: while Redis cannot be asked, that goes on to hold, and what was changed here meanwhile is
 * sent as soon as it answers.
 *
 * A silence ends by itself: what nobody ends would hide an outage for ever.
 */
import type { Clock } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { silencesKey } from '../keys/redis-key.ts'
import type { Redis, Script } from '../redis/redis.ts'

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
  /** False when none of this id is known here. */
  remove(id: string): boolean
  list(): readonly Silence[]
  covers(rule: string): boolean
  /** Takes in what the fleet knows; resolves when it has, or Redis did not say. */
  refresh(): Promise<void>
}

export interface SilencesDeps {
  readonly clock: Clock
  readonly random: Random
  /** Missing: this process is alone. */
  readonly redis: Pick<Redis, 'run'> | undefined
  readonly namespace: string
}

/**
 * KEYS[1] silences · ARGV, three for each change: id, silence as JSON or '' to lift it, when it ends in ms since 1970
 * Returns all, as JSON; they go when the last one has ended. One script: another process may lift what this one sees.
 */
const EXCHANGE: Script = {
  name: 'alert.silences',
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for at = 1, #ARGV, 3 do
  if ARGV[at + 1] == '' then
    redis.call('HDEL', KEYS[1], ARGV[at])
  else
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
    local left = math.max(1, tonumber(ARGV[at + 2]) - now)
    if redis.call('PTTL', KEYS[1]) < left then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', left)) end
  end
end
local found = {}
local cursor = '0'
repeat
  local page = redis.call('HSCAN', KEYS[1], cursor)
  cursor = page[1]
  for at = 2, #page[2], 2 do found[#found + 1] = page[2][at] end
until cursor == '0'
return found
`,
}

export function createSilences({ clock, random, redis, namespace }: SilencesDeps): Silences {
  let known = new Map<string, Silence>()
  // What Redis has not been told of yet: a silence, or that there is none of this id any more.
  const unsent = new Map<string, Silence | undefined>()
  let exchanging = Promise.resolve()

  const current = (): readonly Silence[] => {
    for (const [id, { untilMs }] of known) if (untilMs <= clock.wallMs()) known.delete(id)
    return [...known.values()]
  }
  const exchange = async (): Promise<void> => {
    if (!redis) return
    const sent = [...unsent]
    const args = sent.flatMap(([id, silence]) => [id, silence ? JSON.stringify(silence) : '', silence?.untilMs ?? 0])
    const reply = await redis.run(EXCHANGE, [silencesKey(namespace)], args)
    for (const [id, silence] of sent) if (unsent.get(id) === silence) unsent.delete(id)
    const found = (reply as readonly string[]).flatMap(readSilence)
    known = new Map(found.map((silence) => [silence.id, silence]))
    // Changed while the answer was on its way.
    for (const [id, silence] of unsent) {
      if (silence) known.set(id, silence)
      else known.delete(id)
    }
  }
  // One after the other, or an older answer would take the place of a younger one.
  const refresh = (): Promise<void> => {
    exchanging = exchanging.then(exchange).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error
    })
    return exchanging
  }
  return {
    add(silence) {
      const added = { id: random.id(), ...silence }
      known.set(added.id, added)
      unsent.set(added.id, added)
      void refresh()
      return added
    },
    remove(id) {
      if (!known.delete(id)) return false
      unsent.set(id, undefined)
      void refresh()
      return true
    },
    list: current,
    covers: (rule) => current().some((silence) => silence.rule === rule || silence.rule === '*'),
    refresh,
  }
}

/** None where the text is not one that this version wrote: it is nobody's reason to end a process. */
function readSilence(text: string): Silence[] {
  try {
    const { id, rule, untilMs, by, reason } = JSON.parse(text) as Silence
    const isWhole = [id, rule, by, reason].every((part) => typeof part === 'string') && Number.isFinite(untilMs)
    return isWhole ? [{ id, rule, untilMs, by, reason }] : []
  } catch {
    return []
  }
}
