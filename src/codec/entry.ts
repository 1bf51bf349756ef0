/**
 * An entry on the wire: a header of 45 bytes, the tags, the payload.
 *
 *     0   version        1
 *     1   payload format 1      as serialise.ts made it
 *     2   compression    1      0 = none
 *     3   cipher         1      0 = none
 *     4   epoch          11     base64url
 *     15  stamp          8      log position applied when the load began
 *     23  fresh until    7      ms since 1970
 *     30  gone at        7      ms since 1970: its life in Redis ends here
 *     37  load cost      5      µs that the loader took
 *     42  tags length    3      bytes
 *     45  tags                  a JSON array in ASCII
 *     …   payload
 *
 * Numbers are big-endian in groups of seven bits. So no byte of the header reaches 0x80, which keeps its offsets the same
 * in a reply read as text, and two stamps compare as plain strings, which lets a script compare entries without arithmetic.
 */
import { DecodeError, EncodeError } from '../base/errors.ts'
import { deserialise, PayloadFormat, type Payload } from './serialise.ts'

/** When an entry's load began: an epoch of the log and the position its process had applied in it. */
export interface Stamp {
  readonly epoch: string
  readonly position: number
}

export interface EntryHeader {
  readonly stamp: Stamp
  readonly tags: readonly string[]
  readonly freshUntilMs: number
  readonly goneAtMs: number
  readonly loadCostMs: number
}

/** A value with all that decides whether it may be served. */
export interface Entry extends EntryHeader {
  readonly value: unknown
}

const VERSION = 1
const HEADER_BYTES = 45
const EPOCH_CHARACTERS = 11
const MAX_TAGS_BYTES = 2 ** 21 - 1

/** The part that a script needs to compare two entries, as GETRANGE takes it and as offsets in Lua (from 1). */
export const STAMP_RANGE = { start: 0, end: 22, epochFrom: 5, epochTo: 15, positionFrom: 16, positionTo: 23 } as const

/** The part that tells one stored entry of a key from another: its stamp and its TTL's end, as GETRANGE takes it. */
export const PRINT_RANGE = { start: 4, end: 29 } as const

/** The bytes at {@link PRINT_RANGE} of an entry with this header. */
export function printOf({ stamp, freshUntilMs }: Pick<EntryHeader, 'stamp' | 'freshUntilMs'>): string {
  const bytes = Buffer.alloc(PRINT_RANGE.end + 1)
  writeStart(bytes, stamp, freshUntilMs)
  return bytes.toString('latin1', PRINT_RANGE.start)
}

/** Where the header ends, and in it the length of the tags, as a script reads them (offsets in Lua from 1). */
export const TAGS_RANGE = { headerBytes: 45, lengthFrom: 43 } as const

/** @throws EncodeError (ERR_HOLDFAST_ENCODE) when the tags take more than 2 MiB */
export function encodeEntry(header: EntryHeader, payload: Payload): Buffer {
  const tags = header.tags.length === 0 ? '' : asciiJson(header.tags)
  if (tags.length > MAX_TAGS_BYTES) {
    throw new EncodeError(`The ${header.tags.length} tags of an entry take ${tags.length} bytes: give it fewer`)
  }
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + tags.length + Buffer.byteLength(payload.text))
  bytes[0] = VERSION
  bytes[1] = payload.format
  bytes[2] = 0
  bytes[3] = 0
  writeStart(bytes, header.stamp, header.freshUntilMs)
  writeGroups(bytes, 30, 7, header.goneAtMs)
  writeGroups(bytes, 37, 5, Math.round(header.loadCostMs * 1000))
  writeGroups(bytes, 42, 3, tags.length)
  bytes.write(tags, HEADER_BYTES, 'latin1')
  bytes.write(payload.text, HEADER_BYTES + tags.length, 'utf8')
  return bytes
}

/** A payload as it was stored: a slice of the reply that it came in. */
export interface RawPayload {
  readonly format: PayloadFormat
  readonly bytes: Buffer
}

/** @throws DecodeError (ERR_HOLDFAST_DECODE) for another version, a truncated entry, or bytes that are not an entry */
export function decodeEntry(bytes: Buffer): Entry {
  const { payload, ...header } = decodeEntryRaw(bytes)
  return { ...header, value: deserialise({ format: payload.format, text: payload.bytes.toString('utf8') }) }
}

/** The same, without reading the payload. @throws DecodeError (ERR_HOLDFAST_DECODE) */
export function decodeEntryRaw(bytes: Buffer): EntryHeader & { readonly payload: RawPayload } {
  const tagsEnd = checkedTagsEnd(bytes)
  const format = bytes[1]
  if (format !== PayloadFormat.json && format !== PayloadFormat.rich)
    throw unreadable(`its payload format is ${format}`)
  if (bytes[2] !== 0 || bytes[3] !== 0)
    throw unreadable('it is compressed or encrypted in a way this version does not know')
  return { ...headerOf(bytes, tagsEnd), payload: { format, bytes: bytes.subarray(tagsEnd) } }
}

/**
 * Reads what stands before the payload, of an entry or of its first bytes, however the payload is written.
 *
 * @throws DecodeError (ERR_HOLDFAST_DECODE) for another version, or when the header or the tags are cut off
 */
export function decodeHeader(bytes: Buffer): EntryHeader {
  return headerOf(bytes, checkedTagsEnd(bytes))
}

function headerOf(bytes: Buffer, tagsEnd: number): EntryHeader {
  return {
    stamp: { epoch: bytes.toString('latin1', 4, 4 + EPOCH_CHARACTERS), position: readGroups(bytes, 15, 8) },
    freshUntilMs: readGroups(bytes, 23, 7),
    goneAtMs: readGroups(bytes, 30, 7),
    loadCostMs: readGroups(bytes, 37, 5) / 1000,
    tags: tagsEnd === HEADER_BYTES ? [] : decodeTags(bytes.toString('latin1', HEADER_BYTES, tagsEnd)),
  }
}

function checkedTagsEnd(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES) throw unreadable(`it has ${bytes.length} bytes`)
  if (bytes[0] !== VERSION) throw unreadable(`its version is ${bytes[0]}`)
  const tagsEnd = HEADER_BYTES + readGroups(bytes, 42, 3)
  if (tagsEnd > bytes.length) throw unreadable('its tags are cut off')
  return tagsEnd
}

function decodeTags(text: string): readonly string[] {
  try {
    const tags: unknown = JSON.parse(text)
    if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags
  } catch {
    // Falls through: either way the tags are not what encodeEntry wrote.
  }
  throw unreadable('its tags are damaged')
}

function writeStart(bytes: Buffer, { epoch, position }: Stamp, freshUntilMs: number): void {
  bytes.write(epoch, 4, EPOCH_CHARACTERS, 'latin1')
  writeGroups(bytes, 15, 8, position)
  writeGroups(bytes, 23, 7, freshUntilMs)
}

/** A number too large for its place is written as the largest that fits: a life of ages, not one that wrapped around. */
function writeGroups(bytes: Buffer, at: number, groups: number, number: number): void {
  let rest = Math.min(Math.max(0, number), 128 ** groups - 1)
  for (let index = at + groups - 1; index >= at; index -= 1) {
    bytes[index] = rest % 128
    rest = Math.floor(rest / 128)
  }
}

function readGroups(bytes: Buffer, at: number, groups: number): number {
  let number = 0
  for (let index = at; index < at + groups; index += 1) number = number * 128 + (bytes[index] ?? 0)
  return number
}

function asciiJson(tags: readonly string[]): string {
  return JSON.stringify(tags).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function unreadable(reason: string): DecodeError {
  return new DecodeError(`A stored entry cannot be read: ${reason}`)
}
