import { describe, expect, it } from 'vitest'

import { treeName } from '../../../src/testing/download-redis.ts'

describe('the name of a downloaded tree', () => {
  it('tells releases and architectures apart, which may share a home folder', () => {
    expect(treeName('PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_ID="12"\nID=debian\n', 'x64')).toBe(
      'redis-debian-12-x64',
    )
    expect(treeName('ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n', 'arm64')).toBe(
      'redis-ubuntu-24.04-arm64',
    )
  })

  it('is still a name where the system does not say what it is', () => {
    expect(treeName('ID=debian\n', 'x64')).toBe('redis-debian-rolling-x64')
    expect(treeName('', 'x64')).toBe('redis-linux-rolling-x64')
  })

  it('never leads out of the cache folder', () => {
    expect(treeName('ID="../../etc"\nVERSION_ID="a/b"\n', 'x64')).toBe('redis-linux-rolling-x64')
  })
})
