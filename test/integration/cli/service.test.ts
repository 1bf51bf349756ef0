import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { adminListener } from '../../../src/adapter/http.ts'
import { createAdmin, type Admin } from '../../../src/admin/index.ts'
import { createCache, createRedis, createSessions, type Cache, type Redis, type Sessions } from '../../../src/index.ts'
import { serveUi } from '../../../src/cli/serve-ui.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { privateRedis, type PrivateRedis } from '../../../src/testing/index.ts'
import { runCli, type CliOptions } from '../../support/cli.ts'

const TOKEN = 'a token of a test, long enough'

let server: PrivateRedis
let redis: Redis
let cache: Cache
let sessions: Sessions
let admin: Admin
let http: Server
let options: CliOptions
let url: string
let silences: { id: string; alert: string; by: string; reason: string; untilMs: number }[] = []

beforeAll(async () => {
  server = await privateRedis({ maxMemory: '64mb' })
  redis = createRedis({ url: server.url })
  cache = createCache({ redis, namespace: 'service' })
  const keys = { only: Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 89 + 7) % 251)) }
  sessions = createSessions({ redis, keys: { keys }, namespace: 'service' })
  const books = cache.family('books', { load: (id: string) => (id === 'bad' ? Promise.reject(new Error('no')) : id) })
  const alert = {
    name: 'HoldfastRedisDown',
    severity: 'critical',
    state: 'firing',
    summary: 'Redis is down',
    description: '',
    value: 0,
    sinceMs: Date.UTC(2026, 10, 22, 23, 59),
    silenced: false,
    runbook: 'docs/operations/runbooks/HoldfastRedisDown.md',
  } as const
  admin = createAdmin({
    cache,
    redis,
    sessions,
    environment: { label: 'test', color: '#8a5a00' },
    authorize: (request) =>
      request.headers.get('authorization') === `Bearer ${TOKEN}` ? { user: 'ann', role: 'admin' } : null,
    warmPlan: () => [{ name: 'books', entries: ['1', '2', 'bad'].map((id) => books.entryOf(id)) }],
    alerts: {
      list: () => ({ alerts: [alert], history: [] }),
      silences: () => silences,
      silence: async (silence) => void silences.push({ id: 's1', ...silence }),
      unsilence: async (id) => {
        const before = silences.length
        silences = silences.filter((one) => one.id !== id)
        return silences.length < before
      },
    },
  })
  const listener = adminListener(admin)
  http = createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`
  options = { cwd: server.folder, env: { HOLDFAST_ADMIN_URL: url, HOLDFAST_ADMIN_TOKEN: TOKEN } }
})
afterAll(async () => {
  http.closeAllConnections()
  http.close()
  await admin.close()
  await cache.close()
  await redis.close()
  await server.stop()
})

const run = (...args: readonly string[]) => runCli(args, { ...options, pauses: 1000 })

async function login(user: string, label: string): Promise<void> {
  const session = await sessions.load(undefined)
  await session.login(user, { label })
  await session.commit()
}

describe('the program with a running service', () => {
  it('warms it, and says in its exit code that a part failed', async () => {
    const { code, out } = await run('warm', '--reason', 'a drill')
    expect(code).toBe(7)
    expect(out).toContain('3 of 3 entries, 1 failed, asked for by ann')
    expect(await cache.get('books:2')).toBe('2')
    expect((await run('warm', '--status')).out).toContain('done')
  })

  it('lists the sessions of a user, and ends one or all of them', async () => {
    await login('bob', 'Firefox')
    await login('bob', 'a phone')
    const listed = await run('--json', 'sessions', 'list', 'bob')
    const found = (JSON.parse(listed.out) as { sessions: { handle: string; label: string }[] }).sessions
    expect(found.map(({ label }) => label).sort()).toEqual(['Firefox', 'a phone'])
    expect((await run('sessions', 'revoke', 'bob', '--reason', 'lost')).code).toBe(6)
    const one = found.find(({ label }) => label === 'Firefox')?.handle ?? ''
    expect((await run('sessions', 'revoke', 'bob', one, '--yes', '--reason', 'lost')).out).toContain('1 session')
    expect((await sessions.list('bob')).map(({ label }) => label)).toEqual(['a phone'])
    const rest = await runCli(['sessions', 'revoke', 'bob', '--reason', 'lost'], { ...options, answers: ['yes'] })
    expect(rest.code).toBe(0)
    expect(await sessions.list('bob')).toEqual([])
    expect((await run('sessions')).code).toBe(0)
  })

  it('shows what fires, and keeps it quiet for a while', async () => {
    expect((await run('alerts')).out).toContain('HoldfastRedisDown')
    expect((await run('silence', 'HoldfastRedisDown', '--minutes', '5', '--reason', 'known')).code).toBe(0)
    expect((await run('alerts')).out).toContain('silence s1')
    expect((await run('unsilence', 's1')).code).toBe(0)
    expect(silences).toEqual([])
    expect((await run('unsilence', 's1')).code).toBe(1)
  })

  it('is refused without the token, which nothing prints', async () => {
    const { code, said } = await runCli(['stats'], { ...options, env: { HOLDFAST_ADMIN_URL: url } })
    expect(code).toBe(6)
    expect(said).not.toContain(TOKEN)
  })
})

it('the dashboard is served to this machine until it is interrupted', async () => {
  const config = await loadConfig({ env: { REDIS_URL: server.url, HOLDFAST_NAMESPACE: 'service' }, cwd: server.folder })
  const interrupted = new AbortController()
  const said: string[] = []
  const serving = serveUi(
    {
      out: () => undefined,
      say: (text) => void said.push(text),
      isInteractive: false,
      columns: 80,
      ask: () => Promise.resolve(''),
      styled: (_, text) => text,
      signal: interrupted.signal,
    },
    config,
    0,
  )
  await expect.poll(() => said.length).toBeGreaterThan(0)
  const base = /http:\S+/.exec(said[0] ?? '')?.[0] ?? ''
  expect(await (await fetch(`${base}api/me`)).json()).toMatchObject({ namespace: 'service', role: 'admin' })
  interrupted.abort()
  expect(await serving).toBe(0)
  await expect(fetch(`${base}api/me`)).rejects.toThrow('fetch failed')
})
