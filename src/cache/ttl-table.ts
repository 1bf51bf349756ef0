/**
 * The TTLs that go by a name: what a family without a TTL of its own takes. A name is the same in each of its spellings
 * (`user_sessions`, `user-sessions`, `userSessions`), because the requirement, the configuration and the code each have
 * theirs. Not a policy: a family that states its TTL keeps it, and a name that is not here takes the cache's.
 */
import { DEFAULT_TTLS } from '../base/default-ttls.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'

/** TTLs by the name of a family. */
export type Ttls = Readonly<Record<string, Duration>>

/** The TTL of a name in milliseconds; undefined when the table has none. */
export type TtlTable = (name: string) => number | undefined

/** The defaults with `ttls` laid over them. @throws ConfigError when one is no TTL, or is written twice in two spellings */
export function createTtlTable(ttls: Ttls = {}): TtlTable {
  const table = read(DEFAULT_TTLS)
  for (const [name, ms] of read(ttls)) table.set(name, ms)
  return (name) => table.get(oneSpelling(name))
}

function read(ttls: Ttls): Map<string, number> {
  const table = new Map<string, number>()
  for (const [written, ttl] of Object.entries(ttls)) {
    const name = oneSpelling(written)
    if (table.has(name)) throw new ConfigError(`ttls.${written} is given twice, in two spellings of the same name`)
    const ms = toMs(ttl, `ttls.${written}`)
    if (ms <= 0) throw new ConfigError(`ttls.${written} must be longer than zero, got ${JSON.stringify(ttl)}`)
    table.set(name, ms)
  }
  return table
}

function oneSpelling(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase()
}
