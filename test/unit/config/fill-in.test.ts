import { describe, expect, it } from 'vitest'

import { fillIn, fromText } from '../../../src/config/fill-in.ts'
import { leaves } from '../../../src/config/leaves.ts'
import { fileSchema } from '../../../src/config/schema.ts'

const schemaOf = (path: string) => leaves.find((leaf) => leaf.path === path)?.schema ?? fileSchema
const env: Readonly<Record<string, string>> = { PORT: '7000', YES: 'true', HOST: 'h', LIST: 'a:1,b' }
const fill = (path: string, value: unknown) => fillIn(schemaOf(path), value, (name) => env[name])

describe('a text that stands for a value', () => {
  it.each([
    ['redis.port', '7000', 7000],
    ['redis.port', '7k', '7k'],
    ['redis.port', '', ''],
    ['redis.port', '0x10', '0x10'],
    ['redis.tls.enabled', 'true', true],
    ['redis.tls.enabled', 'false', false],
    ['redis.tls.enabled', 'yes', 'yes'],
    ['redis.host', '7000', '7000'],
    ['redis.password', 'true', 'true'],
    ['cache.bound', '2000', '2000'],
    [
      'redis.sentinel.sentinels',
      'a,[::1]:1',
      [
        { host: 'a', port: 26_379 },
        { host: '::1', port: 1 },
      ],
    ],
    ['redis.cluster.nodes', 'a', [{ host: 'a', port: 6379 }]],
    ['redis.cluster.nodes', 'a:b', 'a:b'],
  ])('is read for %s: %j', (path, text, value) => {
    expect(fromText(schemaOf(path), text)).toEqual(value)
  })
})

describe('a value of a file', () => {
  it('is left alone where no variable stands in it, whatever it is', () => {
    const written = { a: [1, 'x$', null] }
    expect(fill('redis.port', written)).toEqual({ value: written, complaints: [], state: 'as written' })
    expect(fill('redis.port', '7000').value).toBe('7000')
  })

  it('becomes what its place asks for once its variables are in', () => {
    expect(fill('redis.port', '${PORT}')).toEqual({ value: 7000, complaints: [], state: 'filled in' })
    expect(fill('redis.port', '70${NONE:-01}').value).toBe(7001)
    expect(fill('redis.tls.enabled', '${YES}').value).toBe(true)
    expect(fill('redis.sentinel.sentinels', '${LIST}').value).toEqual([
      { host: 'a', port: 1 },
      { host: 'b', port: 26_379 },
    ])
  })

  it('is filled in within a list too', () => {
    const { value } = fill('redis.sentinel.sentinels', [{ host: '${HOST}1', port: '${PORT}' }, { host: 'b' }, 3])
    expect(value).toEqual([{ host: 'h1', port: 7000 }, { host: 'b' }, 3])
  })

  it('is incomplete when one of its variables is missing, though a later one is there', () => {
    const filled = fill('redis.sentinel.sentinels', [{ host: '${NONE}' }, { host: '${HOST}' }])
    expect(filled.state).toBe('incomplete')
    expect(filled.complaints).toHaveLength(1)
  })
})
