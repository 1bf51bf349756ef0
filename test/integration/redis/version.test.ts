import { describe, expect, it, onTestFinished } from 'vitest'

import { createRedis } from '../../../src/index.ts'
import { startScriptedRedis } from '../../support/scripted-redis.ts'

async function ready(info: string | Error): Promise<void> {
  const server = await startScriptedRedis({ info, ping: 'PONG' })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const redis = createRedis({ url: server.url })
  onTestFinished(() => redis.close())
  await redis.ready()
}

describe('a server', () => {
  it.each(['2.8.24', '5.0.14', '6.2.14'])(
    'of version %s is refused by ready(), which says what is needed',
    async (version) => {
      await expect(ready(`# Server\r\nredis_version:${version}\r\n`)).rejects.toMatchObject({
        code: 'ERR_HOLDFAST_STORE',
        failure: 'version',
        message: expect.stringMatching(
          new RegExp(`of version ${version}, and Holdfast needs 7\\.0 or later, or Valkey$`),
        ),
      })
    },
  )

  it.each([
    ['Redis 7.0', 'redis_version:7.0.0\r\n'],
    ['Redis 10', 'redis_version:10.1.0\r\n'],
    [
      'Valkey, which calls itself an older Redis',
      'redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n',
    ],
    ['one that does not say', '# Server\r\n'],
    ['one whose user may not ask', new Error("NOPERM this user has no permissions to run the 'info' command")],
  ])('that is %s is taken', async (_what, info) => {
    await expect(ready(info)).resolves.toBeUndefined()
  })
})
