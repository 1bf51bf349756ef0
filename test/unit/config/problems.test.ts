import { describe, expect, it } from 'vitest'

import { show, toConfigError } from '../../../src/config/problems.ts'

describe('the error of a configuration', () => {
  it('tells all problems, a line each: where, what, from where, what to do', () => {
    const error = toConfigError([
      { path: 'redis.port', what: 'must be a number', source: 'env HOLDFAST_REDIS_PORT', advice: 'write 6379' },
      { path: 'holdfast.config.json', what: 'does not exist' },
    ])
    expect(error).toMatchObject({ code: 'ERR_HOLDFAST_CONFIG' })
    expect(error.message.split('\n')).toEqual([
      'The configuration has 2 problems:',
      '  redis.port: must be a number (from env HOLDFAST_REDIS_PORT) — write 6379',
      '  holdfast.config.json: does not exist',
    ])
  })
})

describe('a value in a message', () => {
  it.each([
    ['x', '"x"'],
    [5, '5'],
    [true, 'true'],
    [null, 'null'],
    [['a'], 'a list'],
    [{ password: 'hunter2' }, 'an object'],
    [() => 1, 'a function'],
    ['a'.repeat(61), `"${'a'.repeat(60)}…"`],
  ])('%j is shown as %s', (value, shown) => {
    expect(show(value)).toBe(shown)
  })

  it('has no credentials', () => {
    expect(show('redis://u:hunter2@h')).toBe('"redis://***@h"')
    expect(show('u:hunter2@h')).toBe('"***@h"')
  })
})
