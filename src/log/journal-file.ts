/**
 * The journal's file on a disk, for one process at a time. Beside it lies a lock that names its process. A lock is
 * dead when its process is, which only its own host can say; of another host's, a lock that nobody has renewed for a while
 * counts as dead, since a container that is started anew has another name.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'

import type { Clock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'
import type { JournalFile } from './journal.ts'

export interface JournalFileDeps {
  readonly path: string
  readonly clock: Clock
  /** Unique in the fleet: what this lock is known by. */
  readonly token: string
}

interface Lock {
  readonly pid: number
  readonly host: string
  readonly token: string
}

/** Only its owner may read what the keys of an application tell. */
const MODE = 0o600
const RENEWED_EVERY_MS = 10_000
const DEAD_AFTER_MS = 3 * RENEWED_EVERY_MS
/** More than a journal ever writes: somebody else's file. */
const MAX_BYTES = 16_777_216

/** The locks of this process, which a lock file cannot tell from those of an earlier process with the same number. */
const own = new Set<string>()

/** @throws ConfigError when the folder is missing, the file cannot be written, or another process has it */
export function openJournalFile({ path, clock, token }: JournalFileDeps): JournalFile {
  const lockPath = `${path}.lock`
  try {
    takeLock(lockPath, token, clock)
    try {
      touch(path)
    } catch (error) {
      unlinkSync(lockPath)
      throw error
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(`journal: ${path} cannot be written: ${messageOf(error)}`, { cause: error })
  }
  own.add(token)
  let cancel = (): void => undefined
  const renew = (): void => {
    try {
      utimesSync(lockPath, clock.wallMs() / 1000, clock.wallMs() / 1000)
    } catch {
      // Somebody removed it. The next write tells whether the folder is still there.
    }
    cancel = clock.after(RENEWED_EVERY_MS, renew)
  }
  renew()

  return {
    text: readFileSync(path, 'utf8'),
    async append(text) {
      await writeDurably(path, 'a', text)
    },
    async replace(text) {
      const beside = `${path}.new`
      await writeDurably(beside, 'w', text)
      await rename(beside, path)
    },
    async close() {
      cancel()
      own.delete(token)
      await unlink(lockPath).catch(() => undefined)
    },
  }
}

/** Makes the file where there is none, and sees that it is one that can be written. */
function touch(path: string): void {
  const fd = openSync(path, 'a+', MODE)
  try {
    if (fstatSync(fd).size > MAX_BYTES) throw new ConfigError(`journal: ${path} is too large to be a journal`)
  } finally {
    closeSync(fd)
  }
  syncFolder(dirname(path))
}

async function writeDurably(path: string, flags: 'a' | 'w', text: string): Promise<void> {
  const file = await open(path, flags, MODE)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A file is found after a power cut only if its folder was written too. */
function syncFolder(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function takeLock(path: string, token: string, clock: Clock): void {
  const lock: Lock = { pid: process.pid, host: hostname(), token }
  const mine = `${path}.${token.replaceAll(/[^A-Za-z0-9_-]/g, '')}`
  try {
    writeFileSync(mine, JSON.stringify(lock), { mode: MODE, flag: 'wx' })
  } catch (error) {
    throw new ConfigError(`journal: the folder ${dirname(path)} cannot be written: ${messageOf(error)}`, {
      cause: error,
    })
  }
  try {
    // A link fails where there is one; of two processes that find the same dead lock, one moves it away.
    if (!tryLink(mine, path)) {
      const held = readLock(path)
      if (held && isAlive(held, path, clock)) throw taken(path, held)
      const dead = `${mine}.dead`
      renameSync(path, dead)
      const moved = readLock(dead)
      if (moved?.token !== held?.token) {
        tryLink(dead, path)
        throw taken(path, moved)
      }
      unlinkSync(dead)
      if (!tryLink(mine, path)) throw taken(path, readLock(path))
    }
  } finally {
    unlinkSync(mine)
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function readLock(path: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Lock
  } catch {
    return undefined
  }
}

function isAlive({ pid, host, token }: Lock, path: string, clock: Clock): boolean {
  if (own.has(token)) return true
  if (host !== hostname()) return clock.wallMs() - statSync(path).mtimeMs < DEAD_AFTER_MS
  // An earlier process that had the number which is ours now, as the first one of a container always has.
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function taken(path: string, lock: Lock | undefined): ConfigError {
  const who = lock ? `process ${lock.pid} on ${lock.host}` : 'another process'
  return new ConfigError(
    `journal: ${path} says that ${who} uses this journal: give each process a file of its own, or remove the lock if that process is gone`,
  )
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
