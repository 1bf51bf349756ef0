/**
 * Payloads made smaller, where that pays: 4 bytes with the length of the text, then a zstd frame.
 *
 * The length is what makes reading safe and quick: no frame is inflated beyond what it says, and it says no more than the
 * reader's limit, so a few bytes cannot become gigabytes; and a large text is known to be large before it is inflated.
 */
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'

import { andThen, type Awaitable } from './awaitable.ts'
import { unreadable } from './header.ts'

/** Byte 2 of an entry. The number is what is on the wire. */
export const Compression = { none: 0, zstd: 1 } as const

const compressAside = promisify(zstdCompress)
const decompressAside = promisify(zstdDecompress)

const LENGTH_BYTES = 4
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** From here a thread does it: below, handing it over costs more than the event loop is held up. */
const ASIDE_BYTES = 65_536
/** What saves less than a fifth is not worth inflating at every read. */
const WORTHWHILE = 0.8

/** The compressed form of a text, or undefined where it would save too little. A promise above 64 KiB. */
export function compress(text: Buffer): Awaitable<Buffer | undefined> {
  const frame = text.length > ASIDE_BYTES ? compressAside(text, FASTEST) : zstdCompressSync(text, FASTEST)
  return andThen(frame, (frame) => {
    if (frame.length + LENGTH_BYTES > text.length * WORTHWHILE) return undefined
    const bytes = Buffer.allocUnsafe(LENGTH_BYTES + frame.length)
    bytes.writeUInt32BE(text.length, 0)
    frame.copy(bytes, LENGTH_BYTES)
    return bytes
  })
}

/**
 * The text again. A promise above 64 KiB.
 *
 * @param limitBytes the longest text that is inflated
 * @throws DecodeError (ERR_HOLDFAST_DECODE) when the bytes are damaged, or their text is longer than the limit
 */
export function decompress(bytes: Buffer, limitBytes: number): Awaitable<Buffer> {
  if (bytes.length < LENGTH_BYTES) throw unreadable('its compressed payload is cut off')
  const length = bytes.readUInt32BE(0)
  if (length > limitBytes)
    throw unreadable(`its text has ${length} bytes, more than the ${limitBytes} that are allowed`)
  const frame = bytes.subarray(LENGTH_BYTES)
  // At least 64, which is what a chunk may be; the length is checked below, where a frame holds more than it says.
  const room = { maxOutputLength: Math.max(length, 64), chunkSize: Math.max(length, 64) }
  if (length > ASIDE_BYTES) {
    return decompressAside(frame, room).then(
      (text) => whole(text, length),
      () => Promise.reject(damaged()),
    )
  }
  return whole(inflated(frame, room), length)
}

function inflated(frame: Buffer, room: { readonly maxOutputLength: number; readonly chunkSize: number }): Buffer {
  try {
    return zstdDecompressSync(frame, room)
  } catch {
    throw damaged()
  }
}

function whole(text: Buffer, length: number): Buffer {
  if (text.length !== length) throw damaged()
  return text
}

function damaged(): Error {
  return unreadable('its compressed payload is damaged')
}
