/**
 * The header of an entry on the wire: 45 bytes, then the tags. What follows is the payload.
 *
 *     0   version        1
 *     1   payload format 1      as serialise.ts made it
 *     2   compression    1      0 = none, others in compress.ts
 *     3   cipher         1      0 = none, others in cipher.ts
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
 * The header is never compressed nor encrypted: scripts and the sweeper read it.
 */
import { DecodeError, EncodeError } from '../base/errors.ts'
import { PayloadFormat } from './serialise.ts'

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

/** How a payload is stored: the bytes 1 to 3 of its entry. */
export interface PayloadForm {
  readonly format: PayloadFormat
  readonly compression: number
  readonly cipher: number
}

const VERSION = 1
export const HEADER_BYTES = 45
const EPOCH = /^[A-Za-z0-9_-]{11}$/
const MAX_TAGS_BYTES = 2 ** 21 - 1

/** The part that a script needs to compare two entries, as GETRANGE takes it and as offsets in Lua (from 1). */
export const STAMP_RANGE = { start: 0, end: 22, epochFrom: 5, epochTo: 15, positionFrom: 16, positionTo: 23 } as const

/** The part that tells one stored entry of a key from another: its stamp and its TTL's end, as GETRANGE takes it. */
export const PRINT_RANGE = { start: 4, end: 29 } as const

/** Where the header ends, and in it the length of the tags, as a script reads them (offsets in Lua from 1). */
export const TAGS_RANGE = { headerBytes: 45, lengthFrom: 43 } as const

/** The bytes at {@link PRINT_RANGE} of an entry with this header. */
export function printOf({ stamp, freshUntilMs }: Pick<EntryHeader, 'stamp' | 'freshUntilMs'>): string {
  const bytes = Buffer.alloc(PRINT_RANGE.end + 1)
  writeStart(bytes, stamp, freshUntilMs)
  return bytes.toString('latin1', PRINT_RANGE.start)
}

/** The tags as they stand in an entry. @throws EncodeError (ERR_HOLDFAST_ENCODE) when they take more than 2 MiB */
export function tagsText(tags: readonly string[]): string {
  const text = tags.length === 0 ? '' : asciiJson(tags)
  if (text.length > MAX_TAGS_BYTES) {
    throw new EncodeError(`The ${tags.length} tags of an entry take ${text.length} bytes: give it fewer`)
  }
  return text
}

/** Writes header and tags to the beginning of `bytes`. @throws EncodeError (ERR_HOLDFAST_ENCODE) for an impossible epoch */
export function writeHeader(bytes: Buffer, header: EntryHeader, tags: string, form: PayloadForm): void {
  const { epoch } = header.stamp
  // Another length would shift into the stamp, and the entry would be judged by a number nobody wrote.
  if (!EPOCH.test(epoch)) throw new EncodeError(`An epoch is 11 characters of base64url, got ${JSON.stringify(epoch)}`)
  bytes[0] = VERSION
  bytes[1] = form.format
  bytes[2] = form.compression
  bytes[3] = form.cipher
  writeStart(bytes, header.stamp, header.freshUntilMs)
  writeGroups(bytes, 30, 7, header.goneAtMs)
  writeGroups(bytes, 37, 5, Math.round(header.loadCostMs * 1000))
  writeGroups(bytes, 42, 3, tags.length)
  bytes.write(tags, HEADER_BYTES, 'latin1')
}

function writeStart(bytes: Buffer, { epoch, position }: Stamp, freshUntilMs: number): void {
  bytes.write(epoch, 4, 'latin1')
  writeGroups(bytes, 15, 8, position)
  writeGroups(bytes, 23, 7, freshUntilMs)
}

/** What the header says, and where the payload begins. */
export interface ReadHeader {
  readonly header: EntryHeader
  readonly form: PayloadForm
  readonly payloadFrom: number
}

/** @throws DecodeError (ERR_HOLDFAST_DECODE) for another version, a truncated header, or bytes that are not an entry */
export function readHeader(bytes: Buffer): ReadHeader {
  const payloadFrom = checkedTagsEnd(bytes)
  const format = bytes[1]
  if (format !== PayloadFormat.json && format !== PayloadFormat.rich) {
    throw unreadable(`its payload format is ${format}`)
  }
  return {
    header: {
      stamp: { epoch: readEpoch(bytes), position: readGroups(bytes, 15, 8) },
      freshUntilMs: readGroups(bytes, 23, 7),
      goneAtMs: readGroups(bytes, 30, 7),
      loadCostMs: readGroups(bytes, 37, 5) / 1000,
      tags: payloadFrom === HEADER_BYTES ? NO_TAGS : tagsOf(bytes.toString('latin1', HEADER_BYTES, payloadFrom)),
    },
    form: { format, compression: bytes[2] ?? 0, cipher: bytes[3] ?? 0 },
    payloadFrom,
  }
}

/**
 * Reads what stands before the payload, of an entry or of its first bytes, however the payload is written.
 *
 * @throws DecodeError (ERR_HOLDFAST_DECODE) for another version, or when the header or the tags are cut off
 */
export function decodeHeader(bytes: Buffer): EntryHeader {
  return readHeader(bytes).header
}

/** An error that says why a stored entry counts as one that is not there. */
export function unreadable(reason: string): DecodeError {
  return new DecodeError(`A stored entry cannot be read: ${reason}`)
}

function checkedTagsEnd(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES) throw unreadable(`it has ${bytes.length} bytes`)
  if (bytes[0] !== VERSION) throw unreadable(`its version is ${bytes[0]}`)
  const tagsEnd = HEADER_BYTES + readGroups(bytes, 42, 3)
  if (tagsEnd > bytes.length) throw unreadable('its tags are cut off')
  return tagsEnd
}

/** The epoch that was read last: nearly all entries are of the same, so that no text has to be made of it. */
let lastEpoch = ''

function readEpoch(bytes: Buffer): string {
  let at = 0
  while (at < lastEpoch.length && bytes[4 + at] === lastEpoch.charCodeAt(at)) at += 1
  if (at === 0 || at < lastEpoch.length) lastEpoch = bytes.toString('latin1', 4, 15)
  return lastEpoch
}

const NO_TAGS: readonly string[] = []
/** Tags by their text: entries share them, and are read more often than they differ. */
const knownTags = new Map<string, readonly string[]>()
const MOST_KNOWN_TAGS = 1000
const LONGEST_KNOWN_TAGS = 256

function tagsOf(text: string): readonly string[] {
  const known = knownTags.get(text)
  if (known) return known
  const tags = Object.freeze(readTags(text))
  if (text.length > LONGEST_KNOWN_TAGS) return tags
  if (knownTags.size === MOST_KNOWN_TAGS) knownTags.clear()
  knownTags.set(text, tags)
  return tags
}

function readTags(text: string): readonly string[] {
  try {
    const tags: unknown = JSON.parse(text)
    if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags
  } catch {
    // Falls through: either way the tags are not what was written.
  }
  throw unreadable('its tags are damaged')
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
