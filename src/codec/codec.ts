/**
 * Values to bytes and back: serialise, compress what is large, seal where there is a key ring. Each step is named by a byte
 * of the entry's header, so processes with other settings read each other's entries as far as they can, and what they
 * cannot read is missing to them.
 *
 * With a key ring only what was sealed is read: else whoever can write to Redis could put an unsealed value in its place.
 * What is small is done in the same turn; above 64 KiB zstd works on another thread and the answer is a promise.
 */
import { andThen, type Awaitable } from './awaitable.ts'
import { Cipher, seal, sealedShut, unseal } from './cipher.ts'
import { compress, Compression, decompress } from './compress.ts'
import { encodeEntry, parsed, type Entry, type RawEntry } from './entry.ts'
import { HEADER_BYTES, readHeader, tagsText, unreadable, writeHeader, type EntryHeader } from './header.ts'
import type { ResolvedCodecOptions } from './options.ts'
import { serialise, type Payload } from './serialise.ts'

export interface Codec {
  /** @throws EncodeError (ERR_HOLDFAST_ENCODE) for what would not come back as it is, or is too long */
  serialise(value: unknown): Payload
  /** The entry of `key`. @throws EncodeError (ERR_HOLDFAST_ENCODE) when its tags take more than 2 MiB */
  encode(key: string, header: EntryHeader, payload: Payload): Awaitable<Buffer>
  /** @throws DecodeError (ERR_HOLDFAST_DECODE), or rejects with it, for what cannot be read as an entry of `key` */
  decode(key: string, bytes: Buffer): Awaitable<Entry>
  /** As `decode`, without parsing the value. */
  decodeRaw(key: string, bytes: Buffer): Awaitable<RawEntry>
}

export function createCodec({ compressFrom, ring, maxTextBytes }: ResolvedCodecOptions, namespace: string): Codec {
  const isLarge = (text: string): boolean => compressFrom !== undefined && text.length >= compressFrom

  const assemble = (key: string, header: EntryHeader, { format }: Payload, body: Body): Buffer => {
    const tags = tagsText(header.tags)
    const head = Buffer.allocUnsafe(HEADER_BYTES + tags.length)
    const cipher = ring ? Cipher.aes256gcm : Cipher.none
    writeHeader(head, header, tags, { format, compression: body.compression, cipher })
    return ring ? seal(ring, { header: head, namespace, key }, body.bytes) : Buffer.concat([head, body.bytes])
  }
  const opened = (key: string, bytes: Buffer, cipher: number, payloadFrom: number): Buffer => {
    const payload = bytes.subarray(payloadFrom)
    if (!ring) {
      if (cipher !== Cipher.none) throw unreadable('it is encrypted, and there is no key')
      return payload
    }
    if (cipher !== Cipher.aes256gcm) throw sealedShut()
    return unseal(ring, { header: bytes.subarray(0, payloadFrom), namespace, key }, payload)
  }
  const inflated = (payload: Buffer, compression: number): Awaitable<Buffer> => {
    if (compression === Compression.none) return payload
    if (compression === Compression.zstd) return decompress(payload, maxTextBytes)
    throw unreadable(`its compression is ${compression}`)
  }
  const decodeRaw = (key: string, bytes: Buffer): Awaitable<RawEntry> => {
    const { header, form, payloadFrom } = readHeader(bytes)
    const payload = opened(key, bytes, form.cipher, payloadFrom)
    return andThen(inflated(payload, form.compression), (text) => ({ header, payload: { format: form.format, text } }))
  }

  return {
    serialise: (value) => serialise(value, maxTextBytes),
    encode(key, header, payload) {
      if (!ring && !isLarge(payload.text)) return encodeEntry(header, payload)
      const text = Buffer.from(payload.text)
      return andThen(isLarge(payload.text) ? compress(text) : undefined, (compressed) =>
        assemble(key, header, payload, bodyOf(text, compressed)),
      )
    },
    decode: (key, bytes) => andThen(decodeRaw(key, bytes), parsed),
    decodeRaw,
  }
}

interface Body {
  readonly bytes: Buffer
  readonly compression: number
}

function bodyOf(text: Buffer, compressed: Buffer | undefined): Body {
  return compressed
    ? { bytes: compressed, compression: Compression.zstd }
    : { bytes: text, compression: Compression.none }
}
