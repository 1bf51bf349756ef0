import { describe, expect, it } from 'vitest'

import type { CachedEntry } from '../../../src/cache/cached-entry.ts'
import { Content } from '../../../src/cache/content.ts'
import { createFlights } from '../../../src/cache/flights.ts'

const entry: CachedEntry = {
  key: 'a',
  tags: [],
  stamp: undefined,
  content: Content.ofValue(1, true),
  freshUntilMs: 0,
  goneAtMs: 0,
  loadCostMs: 0,
  tally: { hits: 0 },
}

describe('flights', () => {
  it('are found while they run and gone before anyone who waits goes on', async () => {
    const flights = createFlights()
    const flight = flights.start('a', async () => entry)
    expect(flights.running('a')).toBe(flight)
    await flight
    expect(flights.running('a')).toBeUndefined()
  })

  it('are gone after a failure too', async () => {
    const flights = createFlights()
    const flight = flights.start('a', async () => {
      throw new Error('no')
    })
    await expect(flight).rejects.toThrow('no')
    expect(flights.running('a')).toBeUndefined()
  })
})
