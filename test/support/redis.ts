import { randomUUID } from 'node:crypto'

import { afterAll, beforeAll } from 'vitest'

import { privateRedis, type PrivateRedis, type PrivateRedisOptions } from '../../src/testing/index.ts'

/** Where the Redis of a test file is; known once its tests run. */
export type TestRedis = Pick<PrivateRedis, 'url' | 'host' | 'port'>

/**
 * One private Redis for all tests of the file that calls this at its top level. Tests share it, so each takes a
 * {@link uniqueNamespace}; one that kills or freezes its server starts one of its own.
 */
export function testRedis(options: PrivateRedisOptions = {}): TestRedis {
  let server: PrivateRedis | undefined
  const started = (): PrivateRedis => {
    if (!server) throw new Error('The Redis of this file starts with its tests: read its address inside of one')
    return server
  }
  beforeAll(async () => {
    server = await privateRedis(options)
  }, 60_000)
  afterAll(async () => {
    await server?.stop()
  })
  return {
    get url() {
      return started().url
    },
    get host() {
      return started().host
    },
    get port() {
      return started().port
    },
  }
}

/** A namespace that no other test has. */
export function uniqueNamespace(): string {
  return `test-${randomUUID()}`
}
