import { describe, expect, it } from 'vitest'

import { isPortTaken, serverArguments } from '../../../src/testing/redis-process.ts'

const place = { host: '127.0.0.1', port: 7000, folder: '/folder', maxMemory: '64mb', policy: 'volatile-ttl' }

describe('the command line of a private Redis', () => {
  it('binds one port of loopback, persists nothing and is bounded', () => {
    const line = '--bind 127.0.0.1 --port 7000 --dir /folder --save  --appendonly no'
    expect(serverArguments({ ...place, args: [] }).join(' ')).toBe(
      `${line} --maxmemory 64mb --maxmemory-policy volatile-ttl`,
    )
  })

  it('ends with what the caller adds, so that it overrules', () => {
    const args = serverArguments({ ...place, args: ['--appendonly', 'yes'] })
    expect(args.lastIndexOf('yes')).toBe(args.length - 1)
  })
})

describe('a port that is taken', () => {
  it.each([
    'Warning: Could not create server TCP listening socket 127.0.0.1:7000: bind: Address already in use',
    'Could not create server TCP listening socket *:7000: bind: Address in use',
  ])('is told by the words of the server: %s', (output) => expect(isPortTaken(output)).toBe(true))

  it('is not taken for another failure', () => {
    expect(isPortTaken('*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nBad directive')).toBe(false)
  })
})
