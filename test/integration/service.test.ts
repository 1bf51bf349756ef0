import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, it } from 'vitest'

import { adminListener } from '../../src/adapter/http.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { createService } from '../../src/service.ts'
import { privateRedis } from '../../src/testing/index.ts'

it('a service is all of it, wired: what its cache does, its admin API tells', async () => {
  const server = await privateRedis({ maxMemory: '64mb' })
  const config = await loadConfig({ env: { REDIS_URL: server.url, HOLDFAST_NAMESPACE: 'wired' }, cwd: server.folder })
  const service = createService(config, {
    authorize: 'loopback',
    alerts: { sinks: [] },
    sessions: { keys: { keys: { only: Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 89 + 7) % 251)) } } },
  })
  const http = createServer((request, response) => void adminListener(service.admin)(request, response))
  try {
    const books = service.cache.family('books', { load: (id: string) => ({ id }) })
    await books.get('1')
    await books.get('1')
    const session = await service.sessions?.load(undefined)
    await session?.login('ann')
    await session?.commit()
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
    const ask = async (path: string): Promise<unknown> => (await fetch(`${base}/${path}`)).json()
    expect(await ask('api/overview')).toMatchObject({
      namespace: 'wired',
      environment: 'dev',
      totals: { hits: 1, misses: 1 },
    })
    expect(await (await service.health.healthz(new Request('http://service/healthz'))).json()).toMatchObject({
      status: 'ok',
    })
    service.alerts?.silence('HoldfastRedisDown', { for: '1m', by: 'ann', reason: 'a test' })
    expect(await ask('api/alerts')).toMatchObject({
      alerts: expect.arrayContaining([expect.objectContaining({ name: 'HoldfastRedisDown', silenced: true })]),
      silences: [{ alert: 'HoldfastRedisDown', by: 'ann' }],
    })
    expect(await ask('api/sessions/users/ann')).toMatchObject({ sessions: [{ label: '' }] })
    expect(await ask('api/config')).toMatchObject({
      rows: expect.arrayContaining([expect.objectContaining({ path: 'namespace', value: 'wired' })]),
    })
    const families = (await ask('api/families')) as { families: { name: string; hits: number }[]; measured: boolean }
    expect(families.measured).toBe(true)
    await expect
      .poll(
        async () =>
          ((await ask('api/families')) as typeof families).families.find(({ name }) => name === 'books')?.hits,
        { timeout: 5000 },
      )
      .toBe(1)
  } finally {
    http.closeAllConnections()
    http.close()
    await service.close()
    await server.stop()
  }
})
