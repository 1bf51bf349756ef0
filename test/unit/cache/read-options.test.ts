import { describe, expect, it } from 'vitest'

import { resolveLoadOptions } from '../../../src/cache/read-options.ts'

describe('the options of a read', () => {
  it('have defaults: an hour, nothing stale, nobody waits, refreshed early', () => {
    const { ttl, ...resolved } = resolveLoadOptions({})
    expect(ttl({ loadMs: 1, bytes: 1 })).toBe(3_600_000)
    expect(resolved).toEqual({
      form: 'value',
      consistency: 'bounded',
      onStale: undefined,
      signal: undefined,
      timeoutMs: undefined,
      softTimeoutMs: 0,
      serveUnverified: false,
      errorTtlMs: 0,
      earlyRefresh: 1,
      source: 'default',
      graceMs: 0,
      staleIfErrorMs: 0,
      jitter: 0,
      tags: [],
    })
  })

  it('are taken as they are given', () => {
    const onStale = (): void => undefined
    const { signal } = new AbortController()
    const { ttl, ...resolved } = resolveLoadOptions(
      {
        ttl: '5m',
        grace: '1m',
        staleIfError: '1d',
        tags: ['a', 'b'],
        jitter: 0.5,
        consistency: 'strict',
        onStale,
        signal,
        timeout: '2s',
        softTimeout: '50ms',
        serveUnverified: true,
        errorTtl: '3s',
        earlyRefresh: 100,
        source: 'db',
      },
      'json',
    )
    expect(ttl({ loadMs: 1, bytes: 1 })).toBe(300_000)
    expect(resolved).toEqual({
      form: 'json',
      consistency: 'strict',
      onStale,
      signal,
      timeoutMs: 2000,
      softTimeoutMs: 50,
      serveUnverified: true,
      errorTtlMs: 3000,
      earlyRefresh: 100,
      source: 'db',
      graceMs: 60_000,
      staleIfErrorMs: 86_400_000,
      jitter: 0.5,
      tags: ['a', 'b'],
    })
  })

  it('are refused with the option’s name when they cannot work', () => {
    for (const [name, value] of [
      ['earlyRefresh', -1],
      ['earlyRefresh', 101],
      ['earlyRefresh', Number.NaN],
      ['jitter', 1],
      ['jitter', -0.1],
      ['jitter', Number.NaN],
      ['ttl', 'soon'],
      ['grace', 'soon'],
      ['staleIfError', 'soon'],
      ['softTimeout', 'soon'],
      ['errorTtl', 'soon'],
      ['timeout', 'soon'],
      ['timeout', 0],
    ] as const) {
      expect(() => resolveLoadOptions({ [name]: value }), `${name}: ${value}`).toThrow(
        expect.objectContaining({
          code: 'ERR_HOLDFAST_CONFIG',
          message: expect.stringMatching(new RegExp(`^${name}\\b`)),
        }),
      )
    }
    expect(() => resolveLoadOptions({ tags: [''] })).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }))
  })
})
