/**
 * The keys of an application by their ids: one of them seals, all of them open. Keys are changed while processes run: first
 * every process learns to open with the new key, then each seals with it, and the old one leaves when nothing sealed with it
 * is left. A key that was removed opens nothing any more, at once.
 *
 * Nobody works with these keys themselves: each purpose has a subkey of its own, so that what leaks or wears out in one
 * place says nothing about another. A subkey is derived once and kept as a KeyObject, which shows nothing when it is printed.
 */
import { createHash, createSecretKey, hash, hkdfSync, type KeyObject } from 'node:crypto'

import { ConfigError } from '../base/errors.ts'
import { RecentMap } from '../base/recent-map.ts'
import { secretKey } from './secret-key.ts'

export interface KeyRingOptions {
  /** 32 random bytes by the id of each key, as base64 (`openssl rand -base64 32`) or bytes. Ids are not secret. */
  readonly keys: Readonly<Record<string, string | Uint8Array>>
  /**
   * The id of the key that seals; the others only open. Required when there are several.
   * @default the only key
   */
  readonly current?: string
}

/** A key for one purpose. */
export interface Subkey {
  /** What stands for the key's id beside what was sealed: the first 32 bits of the SHA-256 of the id. */
  readonly wireId: number
  readonly key: KeyObject
}

/** Keys that seal and open, changed while the process runs. It shows ids, never a secret. */
export interface KeyRing {
  readonly ids: readonly string[]
  /** The id of the key that seals. */
  readonly currentId: string
  /**
   * Adds a key and seals with it from now on; those before it go on opening. Where other processes open what this one seals,
   * first give them the key by `replace()` with the old one as `current`. @throws ConfigError, changing nothing
   */
  rotate(id: string, secret: string | Uint8Array): void
  /** Puts other keys in place of all there are. @throws ConfigError, changing nothing */
  replace(options: KeyRingOptions): void
  /**
   * The subkey that seals now. It is derived once (5 to 10 µs); with a salt, as long as it is used.
   *
   * @param saltHash the salt's SHA-256 in base64url, where somebody knows it already
   */
  sealing(purpose: string, salt?: Uint8Array, saltHash?: string): Subkey
  /** The subkey that opens what was sealed under `wireId`; undefined when no key here has it. */
  opening(purpose: string, wireId: number, salt?: Uint8Array, saltHash?: string): KeyObject | undefined
}

/** Salted subkeys kept: about 300 bytes each. */
const SALTED_KEPT = 10_000

interface RingKey {
  readonly id: string
  readonly wireId: number
  readonly secret: KeyObject
  readonly subkeys: Map<string, KeyObject>
  readonly salted: RecentMap<KeyObject>
}

interface Keys {
  readonly byWireId: ReadonlyMap<number, RingKey>
  readonly current: RingKey
}

/**
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when there is no key, a key is weak (a passphrase, a pattern, another length than
 * 32 bytes), or it is not said which of several seals. The message never holds a secret.
 */
export function createKeyRing(options: KeyRingOptions): KeyRing {
  let keys = keysOf(options)
  return {
    get ids() {
      return [...keys.byWireId.values()].map(({ id }) => id)
    },
    get currentId() {
      return keys.current.id
    },
    rotate(id, secret) {
      const added = ringKey(id, secret)
      refuseClash(keys.byWireId, added)
      keys = { byWireId: new Map(keys.byWireId).set(added.wireId, added), current: added }
    },
    replace(options) {
      keys = keysOf(options)
    },
    sealing: (purpose, salt, saltHash) => ({
      wireId: keys.current.wireId,
      key: subkey(keys.current, purpose, salt, saltHash),
    }),
    opening(purpose, wireId, salt, saltHash) {
      const key = keys.byWireId.get(wireId)
      return key && subkey(key, purpose, salt, saltHash)
    },
  }
}

function keysOf({ keys, current }: KeyRingOptions): Keys {
  const byWireId = new Map<number, RingKey>()
  for (const [id, secret] of Object.entries(keys)) {
    const key = ringKey(id, secret)
    refuseClash(byWireId, key)
    byWireId.set(key.wireId, key)
  }
  const all = [...byWireId.values()]
  const sealing = current === undefined && all.length === 1 ? all[0] : all.find(({ id }) => id === current)
  if (sealing) return { byWireId, current: sealing }
  if (all.length === 0)
    throw new ConfigError('A key ring needs at least one key: make one with `openssl rand -base64 32`')
  const ids = all.map(({ id }) => JSON.stringify(id)).join(', ')
  throw new ConfigError(`current must name the key that seals, one of ${ids}, got ${JSON.stringify(current)}`)
}

function ringKey(id: string, secret: string | Uint8Array): RingKey {
  if (id === '') throw new ConfigError('A key needs an id: a name or a number that is not secret')
  const wireId = createHash('sha256').update(id).digest().readUInt32BE(0)
  return { id, wireId, secret: secretKey(id, secret), subkeys: new Map(), salted: new RecentMap(SALTED_KEPT) }
}

/** One id for two keys, or two ids that are the same on the wire, would leave it open which of them opens. */
function refuseClash(keys: ReadonlyMap<number, RingKey>, { id, wireId, secret }: RingKey): void {
  const other = keys.get(wireId)
  if (other)
    throw new ConfigError(`The key ${JSON.stringify(id)} needs another id: ${JSON.stringify(other.id)} is taken`)
  for (const { id: twin, secret: same } of keys.values()) {
    if (same.equals(secret))
      throw new ConfigError(`The keys ${JSON.stringify(twin)} and ${JSON.stringify(id)} are the same`)
  }
}

// Remembered by the salt's hash, since a salt may be a token that opens a door. They leave with their key of the ring, so that
// one that was removed opens nothing through what it had derived.
function subkey(
  { secret, subkeys, salted }: RingKey,
  purpose: string,
  salt: Uint8Array | undefined,
  saltHash: string | undefined,
): KeyObject {
  if (salt) {
    const name = purpose + (saltHash ?? hash('sha256', salt, 'base64url'))
    return salted.getOrMake(name, () => derive(secret, purpose, salt))
  }
  const known = subkeys.get(purpose)
  if (known) return known
  const derived = derive(secret, purpose, Buffer.alloc(0))
  subkeys.set(purpose, derived)
  return derived
}

function derive(secret: KeyObject, purpose: string, salt: Uint8Array): KeyObject {
  const bytes = Buffer.from(hkdfSync('sha256', secret, salt, `hf/${purpose}/v1`, 32))
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}
