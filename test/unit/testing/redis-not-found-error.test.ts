import { describe, expect, it } from 'vitest'

import { isHoldfastError } from '../../../src/base/errors.ts'
import { RedisNotFoundError } from '../../../src/testing/redis-not-found-error.ts'

describe('the error for a machine without Redis', () => {
  it.each(['apt-get install redis-server', 'dnf install valkey', 'apk add redis', 'brew install redis', 'REDIS_URL'])(
    'says what helps: %s',
    (help) => expect(new RedisNotFoundError('it has no apt-get').message).toContain(help),
  )

  it('says why none could be obtained, and is known by its code', () => {
    const cause = new Error('no network')
    const error = new RedisNotFoundError('none could be downloaded', { cause })
    expect(error).toMatchObject({ code: 'ERR_HOLDFAST_REDIS_NOT_FOUND', name: 'RedisNotFoundError', cause })
    expect(error.message).toContain('none could be downloaded')
    expect(isHoldfastError(error)).toBe(true)
  })
})
