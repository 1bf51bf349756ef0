import { describe, expect, it } from 'vitest'

import { memberOf, valueLayer, variableLayer, writtenLayer } from '../../../src/config/layers.ts'
import { createVariables } from '../../../src/config/variables.ts'

const fromVariables = (env: Record<string, string>) => variableLayer(createVariables(env, '.', () => undefined))

describe('the layer of the variables', () => {
  it('gives a setting for each variable, as a text that stands for it', () => {
    expect([...fromVariables({ HOLDFAST_REDIS_PORT: '1', HOLDFAST_OTHER: '2', PORT: '3' })]).toEqual([
      ['redis.port', { value: '1', source: 'env HOLDFAST_REDIS_PORT', form: 'text', isShown: true }],
    ])
  })

  it('prefers the name that is ours to the one that platforms give', () => {
    const source = (env: Record<string, string>) => fromVariables(env).get('redis.url')?.source
    expect(source({ REDIS_URL: 'a', HOLDFAST_REDIS_URL: 'b' })).toBe('env HOLDFAST_REDIS_URL')
    expect(source({ REDIS_URL: 'a' })).toBe('env REDIS_URL')
  })

  it('keeps secrets, and whatever came from a file, from being shown', () => {
    expect(fromVariables({ HOLDFAST_REDIS_PASSWORD: 'a' }).get('redis.password')?.isShown).toBe(false)
    expect(fromVariables({ HOLDFAST_REDIS_HOST_FILE: import.meta.filename }).get('redis.host')?.isShown).toBe(false)
  })

  it('marks a setting that was meant to be given and could not be', () => {
    expect(fromVariables({ HOLDFAST_REDIS_HOST_FILE: '/none/such' }).get('redis.host')?.form).toBe('missing')
  })
})

describe('the layer of a file', () => {
  it('gives what is written, null included, and nothing inherited', () => {
    const layer = writtenLayer({ redis: { host: 'h', password: null, port: undefined }, toString: 1 }, 'file f')
    expect([...layer]).toEqual([
      ['redis.host', { value: 'h', source: 'file f', form: 'template', isShown: true }],
      ['redis.password', { value: null, source: 'file f', form: 'template', isShown: false }],
    ])
    expect(memberOf({}, 'toString')).toBeUndefined()
  })

  it.each([undefined, null, 5, 'redis', { redis: null }, { redis: 'x' }, []])('is empty for %j', (written) => {
    expect(writtenLayer(written, 'file f').size).toBe(0)
  })
})

describe('a layer of values', () => {
  it('needs no reading and is not shown', () => {
    expect(valueLayer({ 'redis.db': 1 }, 'env REDIS_URL').get('redis.db')).toEqual({
      value: 1,
      source: 'env REDIS_URL',
      form: 'value',
      isShown: false,
    })
  })
})
