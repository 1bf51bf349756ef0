import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import type { HoldfastEvent } from '../../../src/base/events.ts'
import { runLoader, withinTimeout, type Said } from '../../../src/cache/run-loader.ts'
import { fakeClock } from '../../support/fake-clock.ts'

function loading() {
  const clock = fakeClock()
  const events = createEmitter<HoldfastEvent>()
  const told: HoldfastEvent[] = []
  events.on((event) => told.push(event))
  return { clock, told, deps: { clock, events, trigger: 'miss' as const } }
}

describe('running a loader', () => {
  it('hears what it says of its value', async () => {
    const { deps, told } = loading()
    const said: Said = { tags: new Set(['given']) }
    const value = await runLoader(
      deps,
      'a',
      ({ tag, ttl, cost }) => (tag('b', 'c'), ttl('1m'), cost({ documents: 7 }), 1),
      said,
      undefined,
    )
    expect([value, said, told]).toEqual([1, { ttlMs: 60_000, documents: 7, tags: new Set(['given', 'b', 'c']) }, []])
    const refused = runLoader(deps, 'a', ({ ttl }) => ttl('soon' as '1s'), said, undefined)
    await expect(refused).rejects.toThrow(/^ttl\b/)
  })

  it('tells that it failed or did not end in time, and after how long', async () => {
    const { clock, deps, told } = loading()
    const failing = runLoader(
      deps,
      'a',
      () => (clock.advance(30), Promise.reject(new Error('down'))),
      { tags: new Set() },
      100,
    )
    await expect(failing).rejects.toThrow('down')
    const late = runLoader(deps, 'a b', () => new Promise(() => undefined), { tags: new Set() }, 100)
    clock.advance(100)
    await expect(late).rejects.toThrow('The loader of "a b" did not finish within 100 ms')
    expect(told).toEqual([
      { type: 'load', key: 'a', outcome: 'error', trigger: 'miss', durationMs: 30 },
      { type: 'load', key: 'a b', outcome: 'timeout', trigger: 'miss', durationMs: 100 },
    ])
  })
})

describe('a time limit', () => {
  it('aborts the work when it has passed, and leaves no timer when the work ends before', async () => {
    const { clock } = loading()
    const aborted: unknown[] = []
    const work = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => aborted.push(signal.reason))
      return Promise.resolve('done')
    }
    expect(await withinTimeout({ clock }, 'it', 50, work)).toBe('done')
    clock.advance(50)
    expect(aborted).toEqual([])
    const late = withinTimeout(
      { clock },
      'it',
      50,
      (signal) => (void work(signal), new Promise<never>(() => undefined)),
    )
    clock.advance(50)
    await expect(late).rejects.toThrow('The loader of it did not finish within 50 ms')
    expect(aborted).toEqual([expect.objectContaining({ code: 'ERR_HOLDFAST_LOADER_TIMEOUT' })])
  })

  it('is none where none was given', async () => {
    const { clock } = loading()
    let asked = 0
    const timers = {
      ...clock,
      after: (...given: Parameters<typeof clock.after>) => ((asked += 1), clock.after(...given)),
    }
    expect(await withinTimeout({ clock: timers }, 'it', undefined, () => 1)).toBe(1)
    expect(asked).toBe(0)
  })
})
