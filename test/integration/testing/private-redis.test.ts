import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { ping } from '../../../src/testing/ping.ts'
import { privateRedis, type PrivateRedisOptions } from '../../../src/testing/private-redis.ts'

const program = fileURLToPath(new URL('./start-private-redis.ts', import.meta.url))

async function started(options: PrivateRedisOptions = {}) {
  const server = await privateRedis(options)
  onTestFinished(() => server.stop())
  const client = new Client(server.url, { retryStrategy: null, commandTimeout: 5000 })
  // A test that kills the server loses the connection as well.
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return { server, client }
}

async function configOf(client: Client, names: readonly string[]): Promise<unknown> {
  return Promise.all(names.map(async (name) => (await client.config('GET', name))[1]))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // No such process.
    return false
  }
}

describe('a private Redis', () => {
  it('answers as soon as it is handed out, on loopback and on a port of its own', async () => {
    const [one, two] = await Promise.all([started(), started()])
    expect(one.server.url).toBe(`redis://127.0.0.1:${one.server.port}`)
    expect(one.server.port).not.toBe(two.server.port)
    expect(await one.client.info('server')).toContain(`process_id:${one.server.pid}\r\n`)
    expect(await configOf(one.client, ['bind', 'save', 'appendonly', 'maxmemory', 'maxmemory-policy'])).toEqual([
      '127.0.0.1',
      '',
      'no',
      String(64 * 1024 * 1024),
      'volatile-ttl',
    ])
  })

  it('takes memory, policy and further arguments, which overrule its own', async () => {
    const { client } = await started({ maxMemory: '8mb', policy: 'noeviction', args: ['--appendonly', 'yes'] })
    expect(await configOf(client, ['maxmemory', 'maxmemory-policy', 'appendonly'])).toEqual([
      String(8 * 1024 * 1024),
      'noeviction',
      'yes',
    ])
  })

  it('is the same address, and empty, after a kill and a restart', async () => {
    const { server, client } = await started()
    const { url, folder, pid } = server
    await client.set('a', '1')
    server.signal('SIGKILL')
    await server.exited
    await expect(ping(server)).rejects.toThrow('ECONNREFUSED')

    await server.restart()
    expect(server).toMatchObject({ url, folder })
    expect(server.pid).not.toBe(pid)
    const again = new Client(url)
    onTestFinished(() => again.disconnect())
    expect(await again.get('a')).toBeNull()
  })

  it('is replaced by a restart also while it runs, frozen or not', async () => {
    const { server } = await started()
    const { pid } = server
    server.signal('SIGSTOP')
    await server.restart()
    expect(isAlive(pid)).toBe(false)
    await ping(server)
  })

  it('stands still between SIGSTOP and SIGCONT', async () => {
    const [{ server, client }, other] = [await started(), await started()]
    await client.ping()
    server.signal('SIGSTOP')
    let answered = false
    const answer = client.ping().finally(() => (answered = true))
    // What another server answers meanwhile shows that this one is not merely slow.
    for (let round = 0; round < 10; round += 1) await other.client.ping()
    expect(answered).toBe(false)
    server.signal('SIGCONT')
    expect(await answer).toBe('PONG')
  })

  it('is gone with its folder after stop(), also when it is frozen, and twice is as good as once', async () => {
    const { server } = await started()
    expect(existsSync(server.folder)).toBe(true)
    server.signal('SIGSTOP')
    await server.stop()
    await server.stop()
    expect(isAlive(server.pid)).toBe(false)
    expect(existsSync(server.folder)).toBe(false)
  })

  it('is stopped by the end of its scope', async () => {
    const server = await privateRedis()
    await server[Symbol.asyncDispose]()
    expect(isAlive(server.pid)).toBe(false)
  })

  it('leaves a folder that it was given, with what it has written there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'given-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const { server, client } = await started({ folder, args: ['--appendonly', 'yes'] })
    await client.set('a', '1')
    await server.restart()
    const again = new Client(server.url)
    onTestFinished(() => again.disconnect())
    expect(await again.get('a')).toBe('1')
    await server.stop()
    expect(await readdir(folder)).toContain('appendonlydir')
  })
})

describe('a private Redis that cannot start', () => {
  it('says that its port is taken, and leaves no folder behind', async () => {
    const { server } = await started()
    const temporary = await mkdtemp(join(tmpdir(), 'temporary-'))
    onTestFinished(() => rm(temporary, { recursive: true }))
    vi.stubEnv('TMPDIR', temporary)
    onTestFinished(() => void vi.unstubAllEnvs())
    await expect(privateRedis({ port: server.port })).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_REDIS_START',
      failure: 'port-taken',
      message: expect.stringContaining(`port ${server.port} is taken`),
    })
    expect(await readdir(temporary)).toEqual([])
  })

  it('repeats what the server said of an argument that it does not know', async () => {
    await expect(privateRedis({ args: ['--no-such-option', '1'] })).rejects.toMatchObject({
      failure: 'ended',
      message: expect.stringContaining('no-such-option'),
    })
  })
})

interface Place {
  readonly host: string
  readonly port: number
  readonly folder: string
}

function placeIn(line: string): Place {
  return JSON.parse(line) as Place
}

// By its port and not by its pid: in a container that reaps no orphans the pid stays.
async function tracesOf(place: Place): Promise<readonly string[]> {
  const answers = await ping(place).then(
    () => true,
    () => false,
  )
  return [answers ? ['server'] : [], existsSync(place.folder) ? ['folder'] : []].flat()
}

describe('the program that started a private Redis', () => {
  it('takes it along when it is killed, with its folder', async () => {
    const child = spawn(process.execPath, [program, 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const place = placeIn(line.toString())
    expect(await tracesOf(place)).toEqual(['server', 'folder'])
    child.kill('SIGKILL')
    await vi.waitFor(async () => expect(await tracesOf(place)).toEqual([]), { timeout: 10_000 })
  })

  it('is not kept running by it, and takes it along when it ends', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'leave'])
    const place = placeIn(stdout)
    await vi.waitFor(async () => expect(await tracesOf(place)).toEqual([]), { timeout: 10_000 })
  })

  it('can wait for the end of one that it kills, with nothing else left to do', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'kill'])
    expect(stdout).toMatch(/ended\n$/)
  })
})
