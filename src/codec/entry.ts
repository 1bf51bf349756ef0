/**
 * An entry as bytes: its header, then the payload's text as it is. What compresses and encrypts the payload is codec.ts;
 * these are its plain form, which every codec without a key ring can read.
 */
import { HEADER_BYTES, readHeader, tagsText, unreadable, writeHeader, type EntryHeader } from './header.ts'
import { deserialise, type Payload, type PayloadFormat } from './serialise.ts'

export type { EntryHeader } from './header.ts'

/** A value with all that decides whether it may be served. */
export interface Entry extends EntryHeader {
  readonly value: unknown
}

/** An entry whose value was not parsed: what a pass-through sends as it is. */
export interface RawEntry {
  readonly header: EntryHeader
  readonly payload: RawPayload
}

export interface RawPayload {
  /** JSON, or the richer format of what JSON cannot hold: only the former is for others to read. */
  readonly format: PayloadFormat
  /** In UTF-8, decompressed and decrypted. A view where possible, of the reply that it came in: not to be written to. */
  readonly text: Buffer
}

/** @throws EncodeError (ERR_HOLDFAST_ENCODE) when the tags take more than 2 MiB, or the epoch is none */
export function encodeEntry(header: EntryHeader, payload: Payload): Buffer {
  const tags = tagsText(header.tags)
  const payloadFrom = HEADER_BYTES + tags.length
  const bytes = Buffer.allocUnsafe(payloadFrom + Buffer.byteLength(payload.text))
  writeHeader(bytes, header, tags, { format: payload.format, compression: 0, cipher: 0 })
  bytes.write(payload.text, payloadFrom, 'utf8')
  return bytes
}

/** @throws DecodeError (ERR_HOLDFAST_DECODE) for another version, a truncated entry, or bytes that are not a plain entry */
export function decodeEntry(bytes: Buffer): Entry {
  return parsed(decodeEntryRaw(bytes))
}

/** As {@link decodeEntry}, without parsing the payload: a damaged text is found by whoever parses it. */
export function decodeEntryRaw(bytes: Buffer): RawEntry {
  const { header, form, payloadFrom } = readHeader(bytes)
  if (form.compression !== 0 || form.cipher !== 0) {
    throw unreadable('it is compressed or encrypted in a way this version does not know')
  }
  return { header, payload: { format: form.format, text: bytes.subarray(payloadFrom) } }
}

/** Parses the value of an entry. @throws DecodeError (ERR_HOLDFAST_DECODE) when its text is not what its format says */
export function parsed({ header, payload: { format, text } }: RawEntry): Entry {
  return { ...header, value: deserialise({ format, text: text.toString('utf8') }) }
}
