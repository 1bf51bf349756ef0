import { describe, expect, it } from 'vitest'

import { nearest } from '../../../src/config/suggest.ts'

const names = ['host', 'port', 'maxConnections', 'connectTimeout', 'commandTimeout', 'tls', 'db', 'password']

describe('the name that was probably meant', () => {
  it.each([
    ['maxConection', 'maxConnections'],
    ['max_connections', 'maxConnections'],
    ['MaxConnections', 'maxConnections'],
    ['hsot', 'host'],
    ['prot', 'port'],
    ['passwort', 'password'],
    ['socket_timeout', 'commandTimeout'],
    ['socket_connect_timeout', 'connectTimeout'],
    ['ssl', 'tls'],
  ])('for %s is %s', (written, meant) => {
    expect(nearest(written, names)).toBe(meant)
  })

  it.each(['colour', 'x', '', '__proto__', 'constructor'])('is none for %j', (written) => {
    expect(nearest(written, names)).toBeUndefined()
  })

  it('is one that exists here, also for a name known from elsewhere', () => {
    expect(nearest('socket_timeout', ['bound'])).toBeUndefined()
  })

  it('counts two letters that changed places as one slip', () => {
    expect(nearest('abdc', ['abcd'], 1)).toBe('abcd')
    expect(nearest('abxx', ['abcd'], 1)).toBeUndefined()
  })
})
