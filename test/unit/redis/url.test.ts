import { inspect } from 'node:util'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { describeTarget, parseAddresses, parseRedisUrl } from '../../../src/redis/url.ts'

const NOBODY = { username: null, password: null }

const messageOf = (url: string): string => {
  try {
    parseRedisUrl(url)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_HOLDFAST_CONFIG' })
    return String(error)
  }
  throw new Error(`was accepted: ${url}`)
}

/** All that is said of a URL: what its target shows as, or the error, down to its cause. */
const saidOf = (url: string): string => {
  try {
    return describeTarget(parseRedisUrl(url))
  } catch (error) {
    return inspect(error, { depth: 9 })
  }
}

describe('a URL of one Redis', () => {
  it('names a host, with the usual port and database where it does not say', () => {
    expect(parseRedisUrl('redis://cache.internal')).toEqual({
      kind: 'standalone',
      tls: false,
      host: 'cache.internal',
      port: 6379,
      db: 0,
      ...NOBODY,
    })
  })

  it('names a port, a database, a user and a password, percent-encoded', () => {
    expect(parseRedisUrl('rediss://app:p%40ss%2Fw%C3%B6rd%25@cache:6380/7')).toEqual({
      kind: 'standalone',
      tls: true,
      host: 'cache',
      port: 6380,
      db: 7,
      username: 'app',
      password: 'p@ss/wörd%',
    })
  })

  it('takes a password alone, which is the default user’s', () => {
    expect(parseRedisUrl('redis://:pass+word@h')).toMatchObject({ username: null, password: 'pass+word' })
  })

  it('takes an IPv6 address in brackets and a scheme in capitals', () => {
    expect(parseRedisUrl('REDIS://[2001:db8::1]:6380/')).toMatchObject({ host: '2001:db8::1', port: 6380, db: 0 })
  })

  it('takes an @ in a password that was not encoded, since the last one before the host ends it', () => {
    expect(parseRedisUrl('redis://u:p@ss@h')).toMatchObject({ username: 'u', password: 'p@ss', host: 'h' })
  })
})

describe('a URL of a socket', () => {
  it.each(['unix', 'redis+unix'])('is written with %s', (scheme) => {
    expect(parseRedisUrl(`${scheme}://u:pw@/run/my%20redis.sock?db=3`)).toEqual({
      kind: 'socket',
      tls: false,
      path: '/run/my redis.sock',
      db: 3,
      username: 'u',
      password: 'pw',
    })
  })
})

describe('a URL of sentinels', () => {
  it('names several, IPv6 among them, the service, the database and both logins', () => {
    const url =
      'redis+sentinel://u:pw@h1:26379,h2,[::1]:26380/my%20master/2?sentinel_username=su&sentinel_password=s%26+p'
    expect(parseRedisUrl(url)).toEqual({
      kind: 'sentinel',
      tls: false,
      serviceName: 'my master',
      sentinels: [
        { host: 'h1', port: 26_379 },
        { host: 'h2', port: 26_379 },
        { host: '::1', port: 26_380 },
      ],
      sentinelCredentials: { username: 'su', password: 's&+p' },
      db: 2,
      username: 'u',
      password: 'pw',
    })
  })

  it('is encrypted throughout with rediss', () => {
    expect(parseRedisUrl('rediss+sentinel://h/main')).toMatchObject({ tls: true, db: 0, sentinelCredentials: NOBODY })
    expect(parseRedisUrl('rediss-sentinel://h?sentinelMasterId=main')).toMatchObject({ tls: true, serviceName: 'main' })
  })

  it('is read as Lettuce and RIOT write it, where what stands alone before the @ is the password', () => {
    expect(parseRedisUrl('redis-sentinel://secret@h1,h2:1/4?sentinelMasterId=main')).toEqual({
      kind: 'sentinel',
      tls: false,
      serviceName: 'main',
      sentinels: [
        { host: 'h1', port: 26_379 },
        { host: 'h2', port: 1 },
      ],
      sentinelCredentials: NOBODY,
      db: 4,
      username: null,
      password: 'secret',
    })
    expect(parseRedisUrl('redis-sentinel://u:pw@h?sentinelMasterId=m')).toMatchObject({ username: 'u', password: 'pw' })
  })
})

describe('a URL that cannot be used', () => {
  it.each([
    ['', 'cannot be read'],
    ['cache:6379', 'cannot be read'],
    ['http://cache', 'begins with http://'],
    ['redis://', 'names no host'],
    ['redis://h1,h2', 'several hosts'],
    ['redis://::1', 'cannot be read (an IPv6 address stands in brackets)'],
    ['redis://[cache]', 'no IPv6 address'],
    ['redis://h:0', 'a port that is not'],
    ['redis://h:65536', 'a port that is not'],
    ['redis://h:', 'a port that is not'],
    ['redis://h/one', 'where the database stands'],
    ['redis://h?db=1', 'takes no parameters'],
    ['redis://h#1', 'has a #'],
    ['redis://h o', 'a space or a line break'],
    ['redis://h\n', 'a space or a line break'],
    ['redis://user@h', 'a user without a password'],
    ['redis://:p%zz@h', 'percent-encoded'],
    ['redis://:pa/ss@h', 'has an @ after its hosts'],
    ['unix://host/run/redis.sock', 'names a host'],
    ['unix://', 'names no path'],
    ['unix:///run/s?database=1', 'only db'],
    ['unix:///run/s?db=1&db=2', 'parameter db twice'],
    ['redis+sentinel:///main', 'names no host'],
    ['redis+sentinel://h', 'names no sentinel service'],
    ['redis+sentinel://h/0', 'names no sentinel service'],
    ['redis+sentinel://h/main/0/1', 'more than a service name'],
    ['redis+sentinel://h/main?sentinel_username=u', 'a user without a password'],
    ['redis-sentinel://h/0', 'names no sentinel service (sentinelMasterId)'],
  ])('%j is refused, since it %s', (url, reason) => {
    expect(messageOf(url)).toContain(reason)
    expect(messageOf(url)).toMatch(/should (look|begin)/)
  })

  it('is never repeated, whatever a password breaks', () => {
    const schemes = ['redis', 'rediss', 'unix', 'redis+unix', 'redis+sentinel', 'redis-sentinel', 'http']
    const rest = ['h', 'h:6379/0', '/run/redis.sock', 'h1,h2/main/0', 'h?sentinelMasterId=m', 'h?sentinel_password=']
    const noise = fc.constantFrom(':', '@', '/', '?', '#', '%', '[', ',', '&', '=', ' ', '1', '')
    const url = fc.tuple(fc.constantFrom(...schemes), noise, noise, fc.constantFrom(...rest))
    fc.assert(
      fc.property(url, ([scheme, before, after, end]) => {
        expect(saidOf(`${scheme}://user:${before}Tr0ub4dor${after}@${end}`)).not.toContain('Tr0ub4dor')
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a target in a message', () => {
  it.each([
    ['redis://u:pw@h/3', 'redis://h:6379/3'],
    ['rediss://[::1]', 'rediss://[::1]:6379/0'],
    ['unix://u:pw@/run/s?db=1', 'unix:///run/s?db=1'],
    ['redis+sentinel://u:pw@h,[::1]/main?sentinel_password=x', 'redis+sentinel://h:26379,[::1]:26379/main/0'],
    ['rediss-sentinel://pw@h/2?sentinelMasterId=m', 'rediss+sentinel://h:26379/m/2'],
  ])('%s is shown as %s', (url, shown) => {
    expect(describeTarget(parseRedisUrl(url))).toBe(shown)
  })
})

describe('a list of addresses', () => {
  it('gives the default port to those that name none', () => {
    expect(parseAddresses('a:1, b,[::1]', 6379)).toEqual([
      { host: 'a', port: 1 },
      { host: 'b', port: 6379 },
      { host: '::1', port: 6379 },
    ])
    expect(parseAddresses('', 6379)).toEqual([])
  })

  it('is refused with a member that is none', () => {
    expect(() => parseAddresses('a,,b', 6379)).toThrow('names no host')
  })
})
