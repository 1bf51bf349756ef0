/** The key browser. Keys of sessions are not among them: they stand under other names in Redis, which no request can reach. */

export interface KeyRow {
  readonly key: string
  readonly family: string
  /** `current`: would be served. `expired`: past its TTL, grace may serve it. `invalidated`: never served, until it is swept. */
  readonly state: 'current' | 'expired' | 'invalidated' | 'unverified' | 'unreadable'
  /** As stored in Redis. */
  readonly bytes: number
  readonly freshUntilMs: number | null
  readonly goneAtMs: number | null
  readonly loadCostMs: number | null
  readonly tags: readonly string[]
  /** How often the fleet read it lately; null where heat is not counted, or for a cold key. */
  readonly heat: number | null
}

/** GET api/keys?pattern&family&cursor&limit&sort&order: a page as SCAN gives it, sorted and filtered in itself. */
export interface KeyPageBody {
  readonly keys: readonly KeyRow[]
  /** Give it back for the next page; null at the end. A page may be empty and yet not the last. */
  readonly cursor: string | null
  /** Keys that Redis looked at for this page. */
  readonly scanned: number
  /** Why the page ended. `budget`: it took as long as a page may. */
  readonly ended: 'complete' | 'full' | 'budget'
}

export type LayerBody =
  | { readonly state: 'absent' | 'unavailable' }
  | { readonly state: 'unreadable'; readonly bytes: number; readonly because: string }
  | {
      readonly state: 'held'
      readonly verdict: 'fresh' | 'expired' | 'unheard' | 'unverified' | 'invalidated'
      readonly because: string
      readonly tags: readonly string[]
      readonly freshUntilMs: number
      readonly goneAtMs: number
      readonly loadCostMs: number
      readonly bytes: number | null
    }

/** GET api/keys/:key: what every layer holds of it and what a read would be given. */
export interface KeyDetail {
  readonly key: string
  readonly family: string
  /** In words: a hit, or a load and why. */
  readonly answer: string
  readonly process: LayerBody
  readonly redis: LayerBody
  readonly lease: { readonly state: 'free' | 'held' | 'failed' | 'unavailable'; readonly msLeft: number | null }
  /** Newest first. */
  readonly invalidations: readonly {
    readonly id: string
    readonly atMs: number
    readonly by: string
    readonly reason: string
    readonly targets: readonly string[]
  }[]
  readonly events: readonly { readonly atMs: number; readonly text: string }[]
  readonly value: ValueView
}

/** A cached value for a person's eyes. `redacted`: its shape without its content. */
export type ValueView =
  | { readonly state: 'none' }
  | { readonly state: 'redacted'; readonly shape: string }
  /** JSON, cut off after 64 KiB. */
  | { readonly state: 'shown'; readonly json: string; readonly truncated: boolean }
