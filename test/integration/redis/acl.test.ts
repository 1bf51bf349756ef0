import { describe, expect, it, onTestFinished } from 'vitest'

import { cacheRights, CACHE_USER, startAclRedis } from '../../support/redis-acl.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { watchedRedis, WRITE } from '../../support/watched-redis.ts'
import { exercise } from './acl-workload.ts'

async function aclServer() {
  const acl = await startAclRedis()
  onTestFinished(() => acl.stop())
  return acl
}

describe('a user with the least rights', () => {
  it('is all that the log, the leases and the cache need', async () => {
    const { url, denied } = await aclServer()
    const failures = (await exercise({ url })).flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    )
    expect(failures).toEqual([])
    expect(await denied()).toEqual([])
  })

  it('needs every single one of them', async () => {
    const { url, denied, change, admin } = await aclServer()
    for (const right of Object.keys(cacheRights)) {
      await change(`-${right}`)
      // Scripts that the server knows are not sent again.
      await admin.call('SCRIPT', 'FLUSH')
      await exercise({ url })
      expect(await denied(), right).toContain(right)
      await change(`+${right}`)
    }
  })

  it('may neither touch other keys nor look around', async () => {
    const { url, server } = await aclServer()
    const { redis } = watchedRedis({ url })
    await expect(redis.run(WRITE, ['other:1'], ['value'])).rejects.toMatchObject({ failure: 'permission' })
    const user = redisAdmin(server.port, CACHE_USER)
    onTestFinished(() => user.close())
    for (const command of [
      ['CONFIG', 'GET', '*'],
      ['KEYS', '*'],
      ['RANDOMKEY'],
      ['FLUSHDB'],
      ['MONITOR'],
      ['ACL', 'LIST'],
    ]) {
      await expect(user.call(...command), command[0]).rejects.toThrow(/^NOPERM/)
    }
  })

  it('that lacks a command gets a failure that says so, told once for each', async () => {
    const { url, change } = await aclServer()
    const { redis, of } = watchedRedis({ url, healthInterval: '1h' })
    await redis.ready()
    await change('-mget')
    await expect(redis.get('hf:a')).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_STORE',
      failure: 'permission',
      message: expect.stringMatching(/does not permit this user a command that Holdfast needs: NOPERM .*mget/),
    })
    expect(of('command-failed')).toMatchObject([{ operation: 'MGET', failure: 'permission' }])
    await change('+mget')
    expect(await redis.get('hf:a')).toBeNull()
  })
})
