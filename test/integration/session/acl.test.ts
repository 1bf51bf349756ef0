import { describe, expect, it, onTestFinished } from 'vitest'

import { createRedis, createSessions } from '../../../src/index.ts'
import { CACHE_USER, sessionRights, sessionRules, startAclRedis } from '../../support/redis-acl.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { uniqueNamespace } from '../../support/redis.ts'
import { commitOf, logIn } from '../../support/session-server.ts'

const keys = { keys: { a: Buffer.from('fc61a08cf3b9d3afba9fa13a3e6a1d22a2a6ac13f1a2e30b1d5e8a14c7be05d9', 'hex') } }

async function aclServer() {
  const acl = await startAclRedis()
  onTestFinished(() => acl.stop())
  await acl.change('reset', 'on', `>${CACHE_USER.password}`, ...sessionRules())
  return acl
}

/** Uses all that sessions ask of Redis; what fails is what is looked for, so it goes on. */
async function exercise(url: string): Promise<readonly PromiseSettledResult<unknown>[]> {
  await using redis = createRedis({ url, readTimeout: '5s', breaker: { minimumCalls: 10_000 } })
  const sessions = createSessions({ redis, keys, namespace: uniqueNamespace(), maxPerUser: 1 })
  let cookie = ''
  const attempt = { address: '203.0.113.9', user: 'ada' }
  const steps: readonly (() => Promise<unknown>)[] = [
    () => redis.ready(),
    () => redis.get('hf:health'),
    () => logIn(sessions, 'ada'),
    async () => void (cookie = await logIn(sessions, 'ada')),
    async () => {
      const session = await sessions.load(cookie)
      session.incr('visits')
      await session.commit()
      await session.regenerate()
      cookie = await commitOf(session)
    },
    async () => (await sessions.load(cookie)).logout(),
    () => sessions.load(`__Host-id=ff${'A'.repeat(43)}`),
    () => sessions.load(`__Host-id=ff${'A'.repeat(43)}`),
    () => logIn(sessions, 'ada'),
    () => sessions.count(),
    () => sessions.list('ada'),
    () => sessions.revokeUser('ada'),
    () => sessions.attempts.attempt(attempt),
    () => sessions.attempts.forgive(attempt),
    // The health monitor's first look.
    () => new Promise((resolve) => setTimeout(resolve, 20)),
  ]
  const results: PromiseSettledResult<unknown>[] = []
  for (const step of steps) results.push(...(await Promise.allSettled([step()])))
  return results
}

describe('a user for sessions with the least rights', () => {
  it('has all that sessions need', async () => {
    const { url, denied } = await aclServer()
    const failures = (await exercise(url)).flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    expect(failures).toEqual([])
    expect(await denied()).toEqual([])
  })

  it('needs every single one of them', async () => {
    const { url, denied, change, admin } = await aclServer()
    for (const right of Object.keys(sessionRights)) {
      await change(`-${right}`)
      // Scripts that the server knows are not sent again.
      await admin.call('SCRIPT', 'FLUSH')
      await exercise(url)
      expect(await denied(), right).toContain(right)
      await change(`+${right}`)
    }
  })

  it('cannot look for sessions, delete them all, or watch others', async () => {
    const { server } = await aclServer()
    const user = redisAdmin(server.port, CACHE_USER)
    onTestFinished(() => user.close())
    for (const command of [
      ['SCAN', '0'],
      ['KEYS', '*'],
      ['RANDOMKEY'],
      ['CONFIG', 'GET', '*'],
      ['FLUSHDB'],
      ['MONITOR'],
      ['DEL', 'hf:x'],
      ['HSET', 'hf:x', 'a', '1'],
      ['PUBLISH', 'hf:x', '1'],
      ['GET', 'other'],
    ]) {
      await expect(user.call(...command), command[0]).rejects.toThrow(/^NOPERM/)
    }
  })
})
