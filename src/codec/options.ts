import { ConfigError } from '../base/errors.ts'
import { createKeyRing, type KeyRing, type KeyRingOptions } from './key-ring.ts'

export interface CompressOptions {
  /**
   * Texts shorter than this are stored as they are, in characters.
   * @default 16_384
   */
  readonly threshold?: number
}

/** What a person writes about how values are stored. */
export interface CodecOptions {
  /**
   * Compresses large values with zstd. It saves memory of Redis and network, and costs time in this process.
   * @default on from 16 KiB; off with `encrypt`, since the length of what was compressed tells about its content
   */
  readonly compress?: CompressOptions | boolean
  /**
   * Encrypts values with AES-256-GCM. Keys and tags of entries stay readable. Values that are not encrypted, or not with one
   * of these keys, count as missing.
   * @default values are not encrypted
   */
  readonly encrypt?: KeyRing | KeyRingOptions
}

export interface ResolvedCodecOptions {
  /** Characters from which a text is compressed; undefined for never. */
  readonly compressFrom: number | undefined
  readonly ring: KeyRing | undefined
  /** The longest text that is written or inflated. */
  readonly maxTextBytes: number
}

const THRESHOLD = 16_384
/** JSON compresses to a quarter, seldom to a tenth. */
const MOST_COMPRESSED = 16

/**
 * @param maxEntryBytes what an entry may take in Redis: its text may be 16 times as long, for compression
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when an option cannot work; it never repeats a key
 */
export function resolveCodecOptions({ compress, encrypt }: CodecOptions, maxEntryBytes: number): ResolvedCodecOptions {
  const ring = encrypt && (isRing(encrypt) ? encrypt : createKeyRing(encrypt))
  const compressFrom = thresholdOf(compress ?? !ring)
  return { compressFrom, ring, maxTextBytes: maxEntryBytes * MOST_COMPRESSED }
}

function thresholdOf(compress: CompressOptions | boolean): number | undefined {
  if (typeof compress === 'boolean') return compress ? THRESHOLD : undefined
  const { threshold = THRESHOLD } = compress
  if (Number.isSafeInteger(threshold) && threshold >= 0) return threshold
  throw new ConfigError(`compress.threshold must be a whole number of characters, got ${threshold}`)
}

function isRing(encrypt: KeyRing | KeyRingOptions): encrypt is KeyRing {
  return 'sealing' in encrypt
}
