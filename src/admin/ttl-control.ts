/**
 * TTLs that operators change while it runs. What was changed lies in a hash in Redis, and every process that has an admin API
 * asks for it from time to time; so a change reaches the fleet within seconds and a process that starts later has it too.
 * Without Redis it is this process's alone.
 *
 *     hf:{<ns>}:ttls   HASH   name of a family → JSON {ttlMs, by, atMs}
 */
import type { Clock } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import type { Cache } from '../cache/cache.ts'
import { ttlsKey } from '../keys/redis-key.ts'
import type { Redis, Script } from '../redis/redis.ts'
import type { TtlPolicy } from './contract/control.ts'

const ASK_EVERY_MS = 5000

/** KEYS[1] hash · ARGV[1] name, [2] what is stored of it, or '' to take it away */
const PUT: Script = {
  name: 'admin.ttl',
  lua: `
if ARGV[2] == '' then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
`,
}

interface Stored {
  readonly ttlMs: number
  readonly by: string
  readonly atMs: number
}

export interface TtlControl {
  policy(): TtlPolicy
  /** @throws StoreError when Redis could not be told: nothing was changed then */
  set(name: string, ttlMs: number | null, by: string): Promise<void>
  /** Asks Redis now. @throws StoreError */
  refresh(): Promise<void>
  close(): void
}

export interface TtlControlDeps {
  readonly cache: Pick<Cache, 'operations' | 'namespace'>
  readonly redis: Pick<Redis, 'run' | 'scanHash'> | null
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

export function createTtlControl({ cache, redis, clock, onError }: TtlControlDeps): TtlControl {
  const key = ttlsKey(cache.namespace)
  let known: ReadonlyMap<string, Stored> = new Map()
  let closed = false
  let cancel = (): void => undefined

  const take = (found: ReadonlyMap<string, Stored>): void => {
    for (const name of known.keys()) if (!found.has(name)) cache.operations.setTtl(name, undefined)
    for (const [name, { ttlMs }] of found) cache.operations.setTtl(name, ttlMs)
    known = found
  }
  const refresh = async (): Promise<void> => {
    if (!redis) return
    const found = new Map<string, Stored>()
    let cursor = '0'
    do {
      const page = await redis.scanHash(key, cursor, 100)
      for (const [name, text] of page.fields) {
        const stored = readStored(text)
        if (stored) found.set(name, stored)
      }
      cursor = page.cursor
    } while (cursor !== '0')
    take(found)
  }
  const loop = async (): Promise<void> => {
    try {
      await refresh()
    } catch (error) {
      if (!(error instanceof StoreError)) onError(error)
    }
    if (!closed && redis) cancel = clock.after(ASK_EVERY_MS, () => void loop())
  }
  void loop()

  return {
    policy() {
      const latest = [...known.values()].sort((left, right) => right.atMs - left.atMs)[0]
      return {
        ttls: cache.operations.ttls().map(({ name, ttlMs, source }) => ({ name, ttlMs: ttlMs ?? null, source })),
        scope: redis ? 'fleet' : 'process',
        updatedAtMs: latest?.atMs ?? null,
        updatedBy: latest?.by ?? null,
      }
    },
    async set(name, ttlMs, by) {
      const stored: Stored | undefined = ttlMs === null ? undefined : { ttlMs, by, atMs: clock.wallMs() }
      await redis?.run(PUT, [key], [name, stored ? JSON.stringify(stored) : ''])
      const next = new Map(known)
      if (stored) next.set(name, stored)
      else next.delete(name)
      take(next)
    },
    refresh,
    close() {
      closed = true
      cancel()
    },
  }
}

function readStored(text: string): Stored | undefined {
  try {
    const stored = JSON.parse(text) as Stored
    return stored.ttlMs > 0 ? stored : undefined
  } catch {
    // Not written by this API.
    return undefined
  }
}
