/**
 * What an operator looks at and turns, beside the verbs that a service uses. Nothing here counts as a read, loads or stores
 * anything; so looking at a cache does not change its figures.
 */
import { DecodeError, EncodeError } from '../base/errors.ts'
import { decodeHeader } from '../codec/header.ts'
import type { Verdict } from '../log/log.ts'
import { Content } from './content.ts'
import type { CacheDeps } from './deps.ts'
import type { TtlRow, TtlTable } from './ttl-table.ts'

/** A stored entry by its header, judged as a read that begins now would. */
export type SurveyedEntry =
  | { readonly state: 'unreadable' }
  | {
      readonly state: 'held'
      readonly verdict: Verdict | 'expired'
      readonly tags: readonly string[]
      readonly freshUntilMs: number
      readonly goneAtMs: number
      readonly loadCostMs: number
    }

/** A cached value as JSON text; `unreadable` also when JSON has no text for it. */
export type StoredValue =
  | { readonly state: 'none' }
  | { readonly state: 'unreadable' }
  | { readonly state: 'found'; readonly json: string }

export interface Operations {
  /** Bytes that this process may keep. */
  readonly maxBytes: number
  /** Judges an entry by the first bytes of it in Redis: its header and its tags. */
  survey(key: string, header: Buffer): SurveyedEntry
  /** The value that is kept of a key, current or not: of this process, else of Redis. */
  value(key: string): Promise<StoredValue>
  /** How long each kind of data is fresh: the names of the table, and the families made so far. */
  ttls(): readonly TtlRow[]
  /**
   * Lays a TTL over whatever a family says of itself, in this process and for what is loaded from now on; undefined takes
   * it back. @throws ConfigError (ERR_HOLDFAST_CONFIG) when it is not above zero
   */
  setTtl(name: string, ttlMs: number | undefined): void
}

export function createOperations(deps: CacheDeps, ttls: TtlTable): Operations {
  const { options, log, l1, l2, codec, clock } = deps
  return {
    maxBytes: options.maxBytes,
    survey(key, bytes) {
      try {
        const { stamp, tags, freshUntilMs, goneAtMs, loadCostMs } = decodeHeader(bytes)
        const judged = log.judge({ key, tags, stamp })
        const verdict = judged === 'fresh' && clock.wallMs() >= freshUntilMs ? 'expired' : judged
        return { state: 'held', verdict, tags, freshUntilMs, goneAtMs, loadCostMs }
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        return { state: 'unreadable' }
      }
    },
    async value(key) {
      const near = l1.get(key)
      try {
        if (near) return { state: 'found', json: near.content.json.body.toString('utf8') }
        const found = await l2?.get(key)
        if (found?.state !== 'found') return { state: 'none' }
        const { payload } = await codec.decodeRaw(key, found.bytes)
        return { state: 'found', json: Content.ofPayload(payload, false).json.body.toString('utf8') }
      } catch (error) {
        if (!(error instanceof DecodeError || error instanceof EncodeError)) throw error
        return { state: 'unreadable' }
      }
    },
    ttls: () => ttls.rows(),
    setTtl: (name, ttlMs) => ttls.override(name, ttlMs),
  }
}
