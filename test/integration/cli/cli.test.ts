import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createCache, createRedis, type Cache, type Redis } from '../../../src/index.ts'
import { privateRedis, type PrivateRedis } from '../../../src/testing/index.ts'
import { runCli, type CliOptions } from '../../support/cli.ts'

let server: PrivateRedis
let redis: Redis
let cache: Cache
let options: CliOptions

beforeAll(async () => {
  server = await privateRedis({ maxMemory: '64mb' })
  redis = createRedis({ url: server.url })
  cache = createCache({ redis, namespace: 'cli', heartbeat: '200ms' })
  options = { cwd: server.folder, env: { REDIS_URL: server.url, HOLDFAST_NAMESPACE: 'cli' } }
  for (const id of ['1', '2', '3']) await cache.set(`books:${id}`, { id }, { tags: [`author:${id}`], ttl: '1h' })
  await cache.set('authors:1', 'Le Guin', { ttl: '1h' })
  await cache.set('odd:\u001b[2J<img onerror=1>', 1, { ttl: '1h' })
})
afterAll(async () => {
  await cache.close()
  await redis.close()
  await server.stop()
})

const run = (...args: readonly string[]) => runCli(args, options)

describe('the program on a Redis', () => {
  it('lists keys, with what is in them kept back', async () => {
    const { code, out } = await run('keys', 'books:*')
    expect(code).toBe(0)
    expect(out.split('\n')).toHaveLength(4)
    expect(out).toContain('books:2')
    expect(out).toContain('author:2')
    const all = await run('keys')
    expect(all.out).not.toContain('Le Guin')
    expect(all.out).not.toContain('\u001b')
  })

  it('gives programs JSON, and nothing else on the way of data', async () => {
    const { out, said } = await run('--json', 'keys', '--family', 'books')
    const page = JSON.parse(out) as { schema: number; keys: { key: string }[] }
    expect(page.schema).toBe(1)
    expect(page.keys.map(({ key }) => key).sort()).toEqual(['books:1', 'books:2', 'books:3'])
    expect(said).toBe('')
  })

  it('explains a key', async () => {
    const { code, out } = await run('explain', 'books:1')
    expect(code).toBe(0)
    expect(out).toContain('in Redis')
    expect(out).toContain('author:1')
  })

  it('shows what an invalidation would do, and does nothing without a yes', async () => {
    const dry = await run('invalidate', '--family', 'books', '--dry-run')
    expect(dry).toMatchObject({ code: 0 })
    expect(dry.out).toContain('3 entries')
    const refused = await run('invalidate', '--family', 'books')
    expect(refused.code).toBe(6)
    expect(refused.said).toContain('--yes')
    const thoughtBetter = await runCli(['invalidate', '--family', 'books', '--reason', 'r'], {
      ...options,
      answers: ['no'],
    })
    expect(thoughtBetter.code).toBe(6)
    expect(await cache.get('books:1')).toEqual({ id: '1' })
  })

  it('invalidates exactly what was named, when somebody says yes, and it stands in the audit trail', async () => {
    const { code, said, out } = await runCli(['invalidate', '--tag', 'author:2', '--reason', 'a wrong year'], {
      ...options,
      answers: ['yes'],
    })
    expect(said).toContain('1 entry')
    expect(out).toContain('Invalidated')
    expect(code).toBe(0)
    expect(await cache.get('books:2', { consistency: 'strict' })).toBeUndefined()
    expect(await cache.get('books:1')).toEqual({ id: '1' })
    const trail = await run('audit', '--search', 'wrong year')
    expect(trail.out).toContain('a wrong year')
    expect(trail.out).toMatch(/cli:\S+\s+admin\s+invalidate/)
  })

  it('asks for the namespace to be typed before everything goes', async () => {
    const wrong = await runCli(['invalidate', '--all', '--reason', 'r'], { ...options, answers: ['yes'] })
    expect(wrong.code).toBe(6)
    expect(await cache.get('authors:1')).toBe('Le Guin')
    const typed = await runCli(['invalidate', '--all', '--reason', 'r'], { ...options, answers: ['cli'] })
    expect(typed.code).toBe(0)
    expect(await cache.get('authors:1', { consistency: 'strict' })).toBeUndefined()
  })

  it('names nothing to invalidate: a mistake of the command line', async () => {
    expect((await run('invalidate', '--yes')).code).toBe(2)
  })

  it('switches the fleet off and on', async () => {
    expect((await run('switch', 'off', '--reason', 'a drill')).out).toContain('off')
    await expect.poll(() => cache.enabled()).toBe(false)
    expect((await run('switch', 'on', '--reason', 'it is over')).code).toBe(0)
    await expect.poll(() => cache.enabled()).toBe(true)
  })

  it('says that all is well, what the cache does and what the doctor found', async () => {
    expect(await run('health')).toMatchObject({ code: 0 })
    expect((await run('stats')).out).toContain('hit ratio')
    const found = await run('--json', 'doctor', '--all')
    expect((JSON.parse(found.out) as { findings: unknown[] }).findings.length).toBeGreaterThan(10)
    expect((await run('ttl')).out).toContain('requirements')
    expect((await run('top', '--looks', '1')).code).toBe(0)
  })

  it('watches until it is interrupted, a document a line', async () => {
    const { out } = await runCli(['--json', 'stats', '--watch'], { ...options, pauses: 1 })
    const lines = out.split('\n')
    expect(lines).toHaveLength(2)
    expect(lines.every((line) => (JSON.parse(line) as { namespace: string }).namespace === 'cli')).toBe(true)
  })

  it('ends with 4 and says where it looked when there is no Redis', async () => {
    const env = { REDIS_URL: 'redis://127.0.0.1:1', HOLDFAST_NAMESPACE: 'cli' }
    const { code, said, out } = await runCli(['keys'], { ...options, env })
    expect(code).toBe(4)
    expect(said).toContain('127.0.0.1:1')
    expect(out).toBe('')
  })

  it('runs as a program of its own, and ends by itself', () => {
    const program = join(import.meta.dirname, '../../../src/cli/main.ts')
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--conditions=holdfast-source', program, '--json', 'health'],
      {
        encoding: 'utf8',
        env: { ...process.env, REDIS_URL: server.url, HOLDFAST_NAMESPACE: 'cli' },
        cwd: server.folder,
      },
    )
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, state: 'ok' })
    expect(status).toBe(0)
  })
})
