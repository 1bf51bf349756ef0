/**
 * A file that remembers what this process has queued: invalidations that Redis has not acknowledged. A process that dies
 * meanwhile leaves them there, and the next one on the same file sends them before it serves anything from Redis.
 *
 *     checksum of the rest, 8 hex digits · space · {"id","targets","by","reason"} · newline
 *
 * A line is on the disk before `invalidate()` answers that it is queued. All of them go at once, when nothing is queued any
 * more: one that is sent twice costs misses, one that is lost would cost the truth. A line that is cut off or damaged is
 * passed over and told. The file never grows without end: too many lines become one that invalidates everything.
 * It is not a log of what happened, and nobody else reads it.
 */
import { crc32 } from 'node:zlib'

import type { Emitter } from '../base/emitter.ts'
import { JournalError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { ResolvedTargets, Target } from '../keys/target.ts'
import type { PendingInvalidation } from './own-invalidations.ts'

/** A file of one process, as the journal needs it. Each method resolves once the disk has it. */
export interface JournalFile {
  /** What it holds; read once, when it is opened. */
  readonly text: string
  append(text: string): Promise<void>
  replace(text: string): Promise<void>
  close(): Promise<void>
}

export type Journaled = Pick<PendingInvalidation, 'id' | 'targets' | 'by' | 'reason'>

export interface Journal {
  /** What an earlier process left behind. */
  readonly left: readonly Journaled[]
  /** Resolves once it is on the disk; a disk that refuses is told by an event, and costs only what this is for. */
  keep(pending: Journaled): Promise<void>
  /** Nothing is queued any more. */
  clear(): Promise<void>
  close(): Promise<void>
}

export interface JournalDeps {
  readonly file: JournalFile
  readonly events: Emitter<HoldfastEvent>
  /** Runs a task when this turn's callbacks have run: nobody can listen before. */
  readonly defer: (task: () => void) => void
}

const MAX_LINES = 10_000
const MAX_BYTES = 8_388_608
const EVERYTHING: Omit<Journaled, 'id'> = { targets: 'all', by: '', reason: 'the journal was full' }

export function openJournal({ file, events, defer }: JournalDeps): Journal {
  const { left, damaged } = read(file.text)
  let lines = left.length
  let bytes = file.text.length
  let waiting: { text: string; lines: number; id: string } | undefined
  let writing = Promise.resolve()

  const tell = (error: JournalError): void => events.emit({ type: 'error', operation: 'journal', error })
  const queue = (work: () => Promise<void>): Promise<void> => {
    writing = writing.then(work).catch((error: unknown) => {
      if (!(error instanceof Error) || !('code' in error)) throw error
      tell(new JournalError(`The journal cannot be written: ${error.message}`, { cause: error }))
    })
    return writing
  }
  const writeWaiting = async (): Promise<void> => {
    if (!waiting) return
    const { text, lines: more, id } = waiting
    waiting = undefined
    if (lines + more > MAX_LINES || bytes + text.length > MAX_BYTES)
      return writeAll([{ ...EVERYTHING, id: `${id}-all` }])
    lines += more
    bytes += text.length
    await file.append(text)
  }
  const writeAll = async (entries: readonly Journaled[]): Promise<void> => {
    const text = entries.map(write).join('')
    lines = entries.length
    bytes = text.length
    await file.replace(text)
  }

  if (damaged > 0) {
    defer(() => tell(new JournalError(`${damaged} lines of the journal cannot be read and were passed over`)))
    // Or the next line would continue the one that was cut off.
    void queue(() => writeAll(left))
  }
  return {
    left,
    keep(pending) {
      const text = write(pending)
      // All that gather while a write is under way share the next one.
      if (waiting) {
        waiting = { text: waiting.text + text, lines: waiting.lines + 1, id: pending.id }
        return writing
      }
      waiting = { text, lines: 1, id: pending.id }
      return queue(writeWaiting)
    },
    async clear() {
      if (lines > 0) await queue(() => writeAll([]))
    },
    async close() {
      await writing
      await file.close()
    },
  }
}

function write({ id, targets, by, reason }: Journaled): string {
  const text = JSON.stringify({ id, targets, by, reason })
  return `${checksum(text)} ${text}\n`
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

function read(text: string): { left: Journaled[]; damaged: number } {
  const lines = text.split('\n').filter((line) => line !== '')
  const left = lines.flatMap((line) => readLine(line) ?? [])
  return { left, damaged: lines.length - left.length }
}

function readLine(line: string): Journaled | undefined {
  const [sum, text] = [line.slice(0, 8), line.slice(9)]
  if (sum !== checksum(text)) return undefined
  try {
    const entry: unknown = JSON.parse(text)
    return isJournaled(entry) ? entry : undefined
  } catch {
    return undefined
  }
}

function isJournaled(entry: unknown): entry is Journaled {
  if (typeof entry !== 'object' || entry === null) return false
  const { id, targets, by, reason } = entry as Readonly<Record<string, unknown>>
  return [id, by, reason].every((text) => typeof text === 'string') && areTargets(targets)
}

function areTargets(targets: unknown): targets is ResolvedTargets {
  if (targets === 'all') return true
  return Array.isArray(targets) && targets.every((target): target is Target => /^[ktpg]:/.test(String(target)))
}
