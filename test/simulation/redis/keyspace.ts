/**
 * The data of one model server: strings with a life, hashes, streams. Every change is an effect, a value that says what
 * changed and not how it was decided, as Redis replicates a script by its effects. So a replica that applies a prefix of the
 * effects has exactly what its primary had then.
 */
import type { StreamEntry } from '../../../src/redis/redis.ts'

export type Effect =
  | { readonly op: 'set'; readonly key: string; readonly bytes: Buffer; readonly goneAtMs: number }
  | { readonly op: 'expire'; readonly key: string; readonly goneAtMs: number }
  | { readonly op: 'del'; readonly keys: readonly string[] }
  | { readonly op: 'hset'; readonly key: string; readonly fields: readonly (readonly [field: string, value: string])[] }
  | { readonly op: 'hdel'; readonly key: string; readonly field: string }
  | { readonly op: 'xadd'; readonly key: string; readonly entry: StreamEntry }
  | { readonly op: 'xtrim'; readonly key: string; readonly keep: number }
  | { readonly op: 'flush' }

interface Text {
  readonly bytes: Buffer
  readonly goneAtMs: number
}

export class Keyspace {
  readonly #strings = new Map<string, Text>()
  readonly #hashes = new Map<string, Map<string, string>>()
  readonly #streams = new Map<string, StreamEntry[]>()

  /** A string that has not expired by the server's clock. */
  string(key: string, nowMs: number): Text | undefined {
    const text = this.#strings.get(key)
    return text && text.goneAtMs > nowMs ? text : undefined
  }

  hash(key: string): ReadonlyMap<string, string> | undefined {
    return this.#hashes.get(key)
  }

  /** The entries of a stream after an id, oldest first. */
  stream(key: string, afterId: string): readonly StreamEntry[] {
    const after = idOf(afterId)
    return (this.#streams.get(key) ?? []).filter(([id]) => idOf(id) > after)
  }

  keys(): string[] {
    return [...this.#strings.keys(), ...this.#hashes.keys(), ...this.#streams.keys()]
  }

  apply(effect: Effect): void {
    switch (effect.op) {
      case 'set':
        this.#strings.set(effect.key, effect)
        return
      case 'expire': {
        const text = this.#strings.get(effect.key)
        if (text) this.#strings.set(effect.key, { ...text, goneAtMs: effect.goneAtMs })
        return
      }
      case 'del':
        for (const key of effect.keys) this.#delete(key)
        return
      case 'hset': {
        const hash = this.#hashes.get(effect.key) ?? new Map<string, string>()
        for (const [field, value] of effect.fields) hash.set(field, value)
        this.#hashes.set(effect.key, hash)
        return
      }
      case 'hdel': {
        const hash = this.#hashes.get(effect.key)
        hash?.delete(effect.field)
        if (hash?.size === 0) this.#hashes.delete(effect.key)
        return
      }
      case 'xadd':
        this.#streams.set(effect.key, [...(this.#streams.get(effect.key) ?? []), effect.entry])
        return
      case 'xtrim':
        // An empty stream stays, as in Redis.
        if (this.#streams.has(effect.key)) {
          const entries = this.#streams.get(effect.key) ?? []
          this.#streams.set(effect.key, entries.slice(Math.max(0, entries.length - effect.keep)))
        }
        return
      case 'flush':
        this.#strings.clear()
        this.#hashes.clear()
        this.#streams.clear()
    }
  }

  /** A copy that goes its own way: what a replica takes over in a full resynchronisation, or a snapshot keeps. */
  copy(): Keyspace {
    const copied = new Keyspace()
    for (const [key, text] of this.#strings) copied.#strings.set(key, text)
    for (const [key, hash] of this.#hashes) copied.#hashes.set(key, new Map(hash))
    for (const [key, entries] of this.#streams) copied.#streams.set(key, entries)
    return copied
  }

  #delete(key: string): void {
    this.#strings.delete(key)
    this.#hashes.delete(key)
    this.#streams.delete(key)
  }
}

// Positions are whole in a double, and the part behind the dash is always 0 here.
function idOf(id: string): number {
  return Number.parseInt(id, 10)
}
