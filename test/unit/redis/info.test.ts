import { describe, expect, it } from 'vitest'

import { parseInfo } from '../../../src/redis/info.ts'

const text = [
  '# Server',
  'redis_version:7.2.4',
  'executable:/usr/bin/redis-server:with:colons',
  '',
  '# Replication',
  'role:master',
  'connected_slaves:2',
  'loading:0',
  'used_memory:1048576',
  'maxmemory:0',
  'maxmemory_policy:volatile-ttl',
  'evicted_keys:17',
].join('\r\n')

describe('what INFO says', () => {
  it('is read into what health needs', () => {
    expect(parseInfo(text)).toEqual({
      version: '7.2.4',
      role: 'master',
      replicas: 2,
      loading: false,
      usedMemoryBytes: 1_048_576,
      maxMemoryBytes: 0,
      evictionPolicy: 'volatile-ttl',
      evictedKeys: 17,
    })
  })

  it('names Valkey’s own version, not the one of Redis that it claims for old clients', () => {
    expect(parseInfo('redis_version:7.2.4\nvalkey_version:8.1.0').version).toBe('8.1.0')
  })

  it('knows a replica and a server that loads', () => {
    expect(parseInfo('role:slave\r\nloading:1')).toEqual({ role: 'slave', loading: true })
  })

  it('leaves out what the server does not show or says in a way that is not known', () => {
    expect(parseInfo('')).toEqual({})
    expect(parseInfo('role:sentinel\r\nused_memory:lots\r\n:5\r\nno colon\r\n')).toEqual({})
  })
})
