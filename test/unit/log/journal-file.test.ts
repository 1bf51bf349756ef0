import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  statSync,
  writeFileSync,
  readFileSync,
  mkdtempSync,
  rmSync,
  utimesSync,
  readdirSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { systemClock } from '../../../src/base/clock.ts'
import { openJournalFile } from '../../../src/log/journal-file.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-journal-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

let tokens = 0
const opened = (path: string) => openJournalFile({ path, clock: systemClock, token: `token-${(tokens += 1)}` })

/** A lock as another process would have left it. */
function lockOf(path: string, lock: { pid: number; host: string }): void {
  writeFileSync(`${path}.lock`, JSON.stringify({ ...lock, token: 'another' }))
}

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid ?? 0
}

describe('the file of a journal', () => {
  it('holds what was appended or put in its place, and is for its owner alone', async () => {
    const path = join(folder(), 'journal')
    const file = opened(path)
    await file.append('a\n')
    await file.append('b\n')
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['a\nb\n', 0o600])
    await file.replace('c\n')
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['c\n', 0o600])
    await file.close()
    expect(opened(path).text).toBe('c\n')
  })

  it('is refused where its folder is missing, or a folder has its name', () => {
    expect(() => opened(join(folder(), 'missing', 'journal'))).toThrow(
      /journal: the folder .*missing cannot be written/,
    )
    expect(() => opened(folder())).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' }))
  })

  it('belongs to one process at a time, and leaves nothing but itself behind', async () => {
    const place = folder()
    const path = join(place, 'journal')
    const file = opened(path)
    expect(() => opened(path)).toThrow(new RegExp(`process ${process.pid} on .* uses this journal`))
    await file.close()
    await opened(path).close()
    expect(readdirSync(place)).toEqual(['journal'])
  })

  it('is not taken from a process that runs, and is taken from one that is dead', async () => {
    const path = join(folder(), 'journal')
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'])
    onTestFinished(() => void child.kill('SIGKILL'))
    lockOf(path, { pid: child.pid ?? 0, host: hostname() })
    expect(() => opened(path)).toThrow(/uses this journal/)
    lockOf(path, { pid: await deadProcess(), host: hostname() })
    await opened(path).close()
    lockOf(path, { pid: process.pid, host: hostname() })
    await opened(path).close()
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('is taken from another host only when its lock was not renewed for a while', async () => {
    const path = join(folder(), 'journal')
    lockOf(path, { pid: 1, host: 'elsewhere' })
    expect(() => opened(path)).toThrow(/process 1 on elsewhere/)
    const longAgo = Date.now() / 1000 - 31
    utimesSync(`${path}.lock`, longAgo, longAgo)
    await opened(path).close()
  })

  it('is taken where its lock is damaged', async () => {
    const path = join(folder(), 'journal')
    writeFileSync(`${path}.lock`, '')
    await opened(path).close()
    expect(existsSync(`${path}.lock`)).toBe(false)
  })
})
