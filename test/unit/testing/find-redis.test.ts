import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'

import { findProgram, findRedisBinary, isProgram, programCandidates } from '../../../src/testing/find-redis.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-redis-'))
  onTestFinished(() => rm(folder, { recursive: true }))
})

async function program(path: string): Promise<string> {
  await writeFile(path, '#!/bin/sh\n')
  await chmod(path, 0o755)
  return path
}

describe('where a server is looked for', () => {
  it('is every folder for redis-server, before any folder for valkey-server', () => {
    const candidates = programCandidates(['redis-server', 'valkey-server'], ['/a', '/b'].join(delimiter))
    expect(candidates.slice(0, 2)).toEqual(['/a/redis-server', '/b/redis-server'])
    const names = candidates.map((path) => path.split('/').at(-1))
    expect(names.lastIndexOf('redis-server')).toBeLessThan(names.indexOf('valkey-server'))
  })

  it('is also where Debian and Homebrew put servers, once each', () => {
    const candidates = programCandidates(['redis-server'], '/usr/sbin')
    expect(candidates).toEqual([...new Set(candidates)])
    expect(candidates[0]).toBe('/usr/sbin/redis-server')
    expect(candidates).toEqual(
      expect.arrayContaining([
        '/usr/bin/redis-server',
        '/usr/local/bin/redis-server',
        '/opt/homebrew/bin/redis-server',
      ]),
    )
  })

  it('is not the current folder, which an empty part of PATH would mean', () => {
    expect(programCandidates(['redis-server'], `${delimiter}.${delimiter}bin`)).toEqual(
      programCandidates(['redis-server'], ''),
    )
  })
})

describe('a program', () => {
  it('is found in the folder that has it, by the first name that any has', async () => {
    const second = await program(join(folder, 'one-of-two'))
    expect(await findProgram(['no-such-program', 'one-of-two'], folder)).toBe(second)
    expect(await findProgram(['no-such-program'], folder)).toBeUndefined()
  })

  it('is a file that may be executed, not a folder and not a text', async () => {
    await mkdir(join(folder, 'folder'))
    await writeFile(join(folder, 'text'), '')
    expect(await isProgram(join(folder, 'folder'))).toBe(false)
    expect(await isProgram(join(folder, 'text'))).toBe(false)
    expect(await isProgram(await program(join(folder, 'program')))).toBe(true)
  })

  it('needs no further variables when it is an installed server', async () => {
    const path = await program(join(folder, 'redis-server'))
    expect(await findRedisBinary(folder)).toEqual({ path, env: {} })
  })
})
