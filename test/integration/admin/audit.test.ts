import { describe, expect, it } from 'vitest'

import type { AuditRow } from '../../../src/admin/index.ts'
import { createAuditStream } from '../../../src/admin/audit/stream.ts'
import { auditKey } from '../../../src/keys/redis-key.ts'
import { createRedis } from '../../../src/index.ts'
import { at, openAdmin } from '../../support/admin.ts'
import { askRedis } from '../../support/redis-admin.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()

describe('the audit trail', () => {
  it('says who did what, to what, why, from where and with what result, also of what was refused', async () => {
    const { ask, rows, cache } = openAdmin({ redis: { url: server.url }, admin: { trustedProxies: ['203.0.113.9'] } })
    await cache.set('a:1', 1)
    const headers = { 'x-forwarded-for': '198.51.100.7' }
    const shown = await ask('api/invalidate', { body: { keys: ['a:1'], dryRun: true }, headers })
    const body = { keys: ['a:1'], dryRun: false, reason: 'wrong price', confirmToken: at(shown, 'confirmToken') }
    await ask('api/invalidate', { body, headers })
    await ask('api/switch', { as: 'operator', user: 'eve', body: { enabled: false, reason: 'mischief' }, headers })
    const page = await ask('api/audit')
    expect(at(page, 'rows')).toMatchObject([
      {
        user: 'eve',
        role: 'operator',
        from: '198.51.100.7',
        action: 'switch',
        result: 'refused',
        code: 'forbidden',
        environment: 'test',
      },
      {
        user: 'ada',
        action: 'invalidate',
        targets: ['key a:1'],
        reason: 'wrong price',
        count: 1,
        dryRun: false,
        result: 'done',
        code: null,
      },
      { user: 'ada', action: 'invalidate', targets: ['key a:1'], count: 1, dryRun: true, result: 'done' },
    ])
    expect(rows.map(({ action, dryRun, result }) => [action, dryRun, result])).toEqual([
      ['invalidate', true, 'done'],
      ['invalidate', false, 'done'],
      ['switch', false, 'refused'],
    ])
  })

  it('is searched by text, person, action, result and time, and read page by page', async () => {
    const { ask } = openAdmin({ redis: { url: server.url } })
    for (let turn = 0; turn < 7; turn += 1)
      await ask('api/invalidate', { user: `user-${turn % 2}`, body: { keys: [`a:${turn}`], dryRun: true } })
    const targets = async (query: string): Promise<unknown[]> =>
      (at(await ask(`api/audit?${query}`), 'rows') as AuditRow[]).map((row) => row.targets[0])
    expect(await targets('search=A:3')).toEqual(['key a:3'])
    expect(await targets('user=user-1')).toEqual(['key a:5', 'key a:3', 'key a:1'])
    expect(await targets('result=refused')).toEqual([])
    expect(await targets('action=switch')).toEqual([])
    expect(await targets('fromMs=99999999999999')).toEqual([])
    const first = await ask('api/audit?limit=3')
    expect((at(first, 'rows') as unknown[]).length).toBe(3)
    expect(await targets(`limit=200&before=${at(first, 'before')}`)).toEqual([
      'key a:3',
      'key a:2',
      'key a:1',
      'key a:0',
    ])
    expect((await ask('api/audit?before=x')).status).toBe(400)
  })

  it('lets no text forge a row or a line', async () => {
    const { ask, rows } = openAdmin({ redis: { url: server.url } })
    const body = { keys: ['a\nb'], dryRun: true }
    await ask('api/invalidate', { user: 'ada', body })
    expect(rows[0]?.targets).toEqual(['key a\uFFFDb'])
    const forged = await ask('api/invalidate', { body: { keys: ['a'], dryRun: true, reason: 'x\r\n{"user":"root"}' } })
    expect(forged.status).toBe(400)
  })

  it('notes of those who are not logged in only a few a minute, since anybody can be', async () => {
    const { ask, rows } = openAdmin({ redis: { url: server.url } })
    for (let turn = 0; turn < 40; turn += 1)
      await ask('api/invalidate', { as: null, body: { all: true, dryRun: false } })
    expect(rows).toHaveLength(10)
    expect(rows[0]).toMatchObject({ user: '', result: 'refused', code: 'unauthenticated' })
  })

  it('is capped, and lies where no policy of a cache evicts it', async () => {
    await using redis = createRedis({ url: server.url })
    const namespace = uniqueNamespace()
    const stream = createAuditStream(redis, namespace, 100)
    const row = {
      atMs: 1,
      user: 'u',
      role: 'admin',
      from: '',
      action: 'switch',
      targets: [],
      reason: '',
      count: null,
    } as const
    const entries = Array.from(
      { length: 50 },
      () => ({ ...row, dryRun: false, result: 'done', code: null, environment: 'x' }) as const,
    )
    for (let turn = 0; turn < 20; turn += 1) await stream.append(entries)
    // About: Redis trims whole nodes of a hundred.
    expect(Number(await askRedis(server.port, 'XLEN', auditKey(namespace)))).toBeLessThan(300)
    expect(await askRedis(server.port, 'PTTL', auditKey(namespace))).toBe(-1)
  })

  it('tells onAudit of each row, and goes on when that throws', async () => {
    const failure = new Error('the log is full')
    const onAudit = (): void => {
      throw failure
    }
    const { ask, errors } = openAdmin({ redis: { url: server.url }, admin: { onAudit } })
    const answered = await ask('api/invalidate', { body: { keys: ['a'], dryRun: true } })
    expect([answered.status, errors]).toEqual([200, [failure]])
  })
})
