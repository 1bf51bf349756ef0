import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { downloadRedis, type Unpack } from '../../../src/testing/download-redis.ts'
import type { RedisBinary } from '../../../src/testing/find-redis.ts'
import { freePort } from '../../../src/testing/free-port.ts'
import { startRedisProcess } from '../../../src/testing/redis-process.ts'

let cacheFolder: string

beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'download-'))
  onTestFinished(() => rm(cacheFolder, { recursive: true, force: true }))
})

const quiet = () => undefined

/** Puts a server in place that can say its version and no more. */
const unpackServer: Unpack = async (into) => {
  const path = join(into, 'root/usr/bin/redis-server')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '#!/bin/sh\necho "Redis server v=0"\n')
  await chmod(path, 0o755)
  return join(into, 'root')
}
const neverUnpack: Unpack = () => Promise.reject(new Error('unpacked without need'))

async function identityOf({ path }: RedisBinary): Promise<{ path: string; inode: number }> {
  return { path, inode: (await stat(path)).ino }
}

describe('a downloaded server', () => {
  it('is used again, without another download', async () => {
    const first = await downloadRedis({ cacheFolder, onProgress: quiet, unpack: unpackServer })
    expect(await downloadRedis({ cacheFolder, onProgress: quiet, unpack: neverUnpack })).toEqual(first)
    expect(await readdir(cacheFolder), 'nothing but the finished tree stays').toHaveLength(1)
  })

  it('is one and the same for two that download at once: the later one does not replace what the other uses', async () => {
    let first: Awaited<ReturnType<typeof identityOf>> | undefined
    const overtaken: Unpack = async (into, onProgress) => {
      const root = await unpackServer(into, onProgress)
      first = await identityOf(await downloadRedis({ cacheFolder, onProgress, unpack: unpackServer }))
      return root
    }
    const later = await downloadRedis({ cacheFolder, onProgress: quiet, unpack: overtaken })
    expect(await identityOf(later)).toEqual(first)
    expect(await readdir(cacheFolder)).toHaveLength(1)
  })

  it('is never one that a crash has left half unpacked', async () => {
    const crash: Unpack = async (into, onProgress) => {
      await unpackServer(into, onProgress)
      throw new Error('killed')
    }
    await expect(downloadRedis({ cacheFolder, onProgress: quiet, unpack: crash })).rejects.toThrow('killed')
    await unpackServer(join(cacheFolder, '.unpacking-crashed'), quiet)

    let downloads = 0
    const unpack: Unpack = (into, onProgress) => {
      downloads += 1
      return unpackServer(into, onProgress)
    }
    const binary = await downloadRedis({ cacheFolder, onProgress: quiet, unpack })
    expect(downloads).toBe(1)
    expect(binary.path).not.toContain('.unpacking')
  })

  it('is replaced when it no longer runs', async () => {
    const { path } = await downloadRedis({ cacheFolder, onProgress: quiet, unpack: unpackServer })
    await writeFile(path, '#!/bin/sh\nexit 127\n')
    expect(await downloadRedis({ cacheFolder, onProgress: quiet, unpack: unpackServer })).toMatchObject({ path })
    expect(await downloadRedis({ cacheFolder, onProgress: quiet, unpack: neverUnpack })).toMatchObject({ path })
  })

  it('has to run before it is kept', async () => {
    const unpackNothing: Unpack = (into) => Promise.resolve(into)
    await expect(downloadRedis({ cacheFolder, onProgress: quiet, unpack: unpackNothing })).rejects.toThrow(
      'does not run',
    )
    expect(await readdir(cacheFolder)).toEqual([])
  })

  it('that could not be had is an error that says why and how to install one', async () => {
    const unpack: Unpack = () => Promise.reject(new Error('Temporary failure resolving the mirror'))
    await expect(downloadRedis({ cacheFolder, onProgress: quiet, unpack })).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_REDIS_NOT_FOUND',
      message: expect.stringMatching(/Temporary failure resolving the mirror.*apt-get install redis-server/s),
    })
  })
})

describe('the packages of Debian and its kin', () => {
  it('give a server that starts and answers', async () => {
    const told: string[] = []
    const binary = await downloadRedis({ cacheFolder, onProgress: (line) => told.push(line) })
    expect(binary.path.startsWith(cacheFolder)).toBe(true)
    expect(told.join('\n')).toMatch(/getting one into.*with apt-get.*Redis is ready/s)
    await startAndEnd(binary)
  })

  it('give one through lists of our own where the machine has none, as in a container image', async () => {
    const bare = join(cacheFolder, 'bare')
    await mkdir(join(bare, 'lists/partial'), { recursive: true })
    const config = join(cacheFolder, 'apt.conf')
    await writeFile(config, `Dir::State "${bare}";\nDir::State::status "/var/lib/dpkg/status";\n`)
    vi.stubEnv('APT_CONFIG', config)
    onTestFinished(() => void vi.unstubAllEnvs())

    const told: string[] = []
    const binary = await downloadRedis({ cacheFolder, onProgress: (line) => told.push(line) })
    expect(told).toContain('Fetching the package lists with apt-get')
    await startAndEnd(binary)
  })
})

async function startAndEnd(binary: RedisBinary): Promise<void> {
  const running = await startRedisProcess(binary, {
    host: '127.0.0.1',
    port: await freePort(),
    folder: cacheFolder,
    maxMemory: '8mb',
    policy: 'noeviction',
    args: [],
    temporaryFolder: undefined,
  })
  running.signal('SIGKILL')
  await running.exited
}
