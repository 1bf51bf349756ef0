import { describe, expect, it } from 'vitest'

import { leaves, resolvedLeaves } from '../../../src/config/leaves.ts'

const leaf = (path: string) => leaves.find((leaf) => leaf.path === path)

describe('the settings', () => {
  it('are found in the schema by their path, down to the last group', () => {
    const paths = leaves.map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['namespace', 'redis.tls.rejectUnauthorized', 'ttls.userSessions']))
    expect(paths).not.toContain('redis.tls')
    expect(new Set(paths).size).toBe(paths.length)
  })

  it('have a variable named after their path', () => {
    expect(leaf('redis.maxConnections')?.variables).toEqual(['HOLDFAST_REDIS_MAX_CONNECTIONS'])
    expect(leaf('redis.sentinel.serviceName')?.variables).toEqual(['HOLDFAST_REDIS_SENTINEL_SERVICE_NAME'])
    expect(leaf('redis.url')?.variables).toEqual(['HOLDFAST_REDIS_URL', 'REDIS_URL'])
    const names = leaves.flatMap(({ variables }) => variables)
    expect(new Set(names).size).toBe(names.length)
  })

  it('know which of them are secrets', () => {
    const secrets = leaves.filter(({ isSecret }) => isSecret).map(({ path }) => path)
    expect(secrets).toEqual(['redis.url', 'redis.password', 'redis.sentinel.password'])
  })

  it('are all described', () => {
    expect(leaves.filter(({ description }) => !/^[A-Z].+\.$/.test(description))).toEqual([])
  })

  it('are resolved but for the URL, which becomes its parts', () => {
    expect(leaves.filter((leaf) => !resolvedLeaves.includes(leaf)).map(({ path }) => path)).toEqual(['redis.url'])
  })
})
