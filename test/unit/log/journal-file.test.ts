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
  mkdirSync,
  unlinkSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { systemClock } from '../../../src/base/clock.ts'
import { openJournalFile } from '../../../src/log/journal-file.ts'
import { fakeClock } from '../../support/fake-clock.ts'

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

  it('is refused where the file is not a journal, by size or by kind, and then belongs to nobody', async () => {
    const place = folder()
    const path = join(place, 'journal')
    writeFileSync(path, Buffer.alloc(16_777_217))
    expect(() => opened(path)).toThrow(`journal: ${path} is too large to be a journal`)
    expect(readdirSync(place)).toEqual(['journal'])
    writeFileSync(path, Buffer.alloc(16_777_216))
    await opened(path).close()
    mkdirSync(join(place, 'a folder'))
    expect(() => opened(join(place, 'a folder'))).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^journal: .*a folder cannot be written: EISDIR/),
        cause: expect.objectContaining({ code: 'EISDIR' }),
      }),
    )
    expect(() => opened(join(place, 'missing', 'journal'))).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ code: 'ENOENT' }) }),
    )
  })

  it('renews its lock while it is open, also one that was removed meanwhile, and no longer', async () => {
    const path = join(folder(), 'journal')
    const clock = fakeClock()
    const file = openJournalFile({ path, clock, token: 'renewed' })
    const renewedAt = () => Math.round(statSync(`${path}.lock`).mtimeMs)
    expect(renewedAt()).toBe(clock.wallMs())
    clock.advance(10_000)
    expect(renewedAt()).toBe(clock.wallMs())
    const lock = readFileSync(`${path}.lock`)
    unlinkSync(`${path}.lock`)
    clock.advance(10_000)
    writeFileSync(`${path}.lock`, lock)
    clock.advance(10_000)
    expect(renewedAt()).toBe(clock.wallMs())
    await file.close()
    writeFileSync(`${path}.lock`, '')
    const after = renewedAt()
    clock.advance(20_000)
    expect(renewedAt()).toBe(after)
  })

  it('says to whom it belongs, in a lock for its owner alone', () => {
    const path = join(folder(), 'journal')
    openJournalFile({ path, clock: fakeClock(), token: '../a b' })
    expect(JSON.parse(readFileSync(`${path}.lock`, 'utf8'))).toEqual({
      pid: process.pid,
      host: hostname(),
      token: '../a b',
    })
    expect(statSync(`${path}.lock`).mode & 0o777).toBe(0o600)
  })

  it('is not taken from a process that another user runs', () => {
    const path = join(folder(), 'journal')
    lockOf(path, { pid: 1, host: hostname() })
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
    })
    onTestFinished(() => kill.mockRestore())
    expect(() => opened(path)).toThrow(/process 1 on .* uses this journal/)
    kill.mockImplementation(() => {
      throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' })
    })
    expect(opened(path).text).toBe('')
  })

  it('keeps a lock that a second process took while this one found the dead one of a third', () => {
    const path = join(folder(), 'journal')
    lockOf(path, { pid: 1, host: hostname() })
    const theirs = JSON.stringify({ pid: 2, host: 'elsewhere', token: 'theirs' })
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      writeFileSync(`${path}.lock`, theirs)
      throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' })
    })
    onTestFinished(() => kill.mockRestore())
    expect(() => opened(path)).toThrow(/process 2 on elsewhere uses this journal/)
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe(theirs)
  })

  it('is taken where its lock is damaged', async () => {
    const path = join(folder(), 'journal')
    writeFileSync(`${path}.lock`, '')
    await opened(path).close()
    expect(existsSync(`${path}.lock`)).toBe(false)
  })
})
