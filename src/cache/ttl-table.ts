/**
 * The TTLs that go by a name: what a family without a TTL of its own takes. A name is the same in each of its spellings
 * (`user_sessions`, `user-sessions`, `userSessions`), because the requirement, the configuration and the code each have
 * theirs. Not a policy: a family that states its TTL keeps it, and a name that is not here takes the cache's.
 *
 * While it runs an operator may lay a TTL over a name. That one wins over what the family states, until it is taken back.
 */
import { DEFAULT_TTLS } from '../base/default-ttls.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import { resolveTtl, type TtlPolicy } from './ttl.ts'

/** TTLs by the name of a family. */
export type Ttls = Readonly<Record<string, Duration>>

/** How long a kind of data is fresh, and who says so. */
export interface TtlRow {
  readonly name: string
  /** Missing: it follows the cost of each load. */
  readonly ttlMs: number | undefined
  /** `family`: its code states it. `runtime`: an operator laid it over the others. */
  readonly source: 'default' | 'configured' | 'family' | 'cache' | 'runtime'
}

export interface TtlTable {
  /** The TTL of a name in milliseconds; undefined when the table has none. */
  of(name: string): number | undefined
  /** How long a family's values are fresh, by what is laid over it, what it states, the table, or `otherwise`. */
  policyOf(name: string, stated: Duration | TtlPolicy | undefined, otherwise: Duration | TtlPolicy): TtlPolicy
  /** @throws ConfigError (ERR_HOLDFAST_CONFIG) when it is not above zero */
  override(name: string, ttlMs: number | undefined): void
  rows(): readonly TtlRow[]
}

/** The defaults with `ttls` laid over them. @throws ConfigError when one is no TTL, or is written twice in two spellings */
export function createTtlTable(ttls: Ttls = {}): TtlTable {
  const rows = new Map<string, TtlRow>()
  for (const row of read(DEFAULT_TTLS, 'default')) rows.set(oneSpelling(row.name), row)
  for (const row of read(ttls, 'configured')) rows.set(oneSpelling(row.name), row)
  const table = new Map([...rows].map(([spelling, { ttlMs }]) => [spelling, ttlMs]))
  const overrides = new Map<string, number>()

  return {
    of: (name) => table.get(oneSpelling(name)),
    policyOf(name, stated, otherwise) {
      const spelling = oneSpelling(name)
      const listed = table.get(spelling)
      const ttl = stated ?? listed ?? otherwise
      const policy = resolveTtl(ttl)
      const ttlMs = typeof ttl === 'function' ? undefined : toMs(ttl, 'ttl')
      if (stated !== undefined) rows.set(spelling, { name, ttlMs, source: 'family' })
      else if (listed === undefined) rows.set(spelling, { name, ttlMs, source: 'cache' })
      return (cost) => overrides.get(spelling) ?? policy(cost)
    },
    override(name, ttlMs) {
      const spelling = oneSpelling(name)
      if (ttlMs === undefined) {
        overrides.delete(spelling)
        return
      }
      if (!(ttlMs > 0)) throw new ConfigError(`The TTL of ${name} must be longer than zero, got ${ttlMs} ms`)
      if (!rows.has(spelling)) rows.set(spelling, { name, ttlMs: undefined, source: 'cache' })
      overrides.set(spelling, ttlMs)
    },
    rows: () =>
      [...rows].map(([spelling, row]) => {
        const ttlMs = overrides.get(spelling)
        return ttlMs === undefined ? row : { ...row, ttlMs, source: 'runtime' }
      }),
  }
}

function read(ttls: Ttls, source: TtlRow['source']): readonly TtlRow[] {
  const found = new Set<string>()
  return Object.entries(ttls).map(([name, ttl]) => {
    if (found.has(oneSpelling(name)))
      throw new ConfigError(`ttls.${name} is given twice, in two spellings of the same name`)
    found.add(oneSpelling(name))
    const ttlMs = toMs(ttl, `ttls.${name}`)
    if (ttlMs <= 0) throw new ConfigError(`ttls.${name} must be longer than zero, got ${JSON.stringify(ttl)}`)
    return { name, ttlMs, source }
  })
}

function oneSpelling(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase()
}
