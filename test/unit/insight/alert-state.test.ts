import { describe, expect, it } from 'vitest'

import { INACTIVE, step, type AlertState } from '../../../src/insight/alert-state.ts'

/** What an alert does over ten-second looks, `x` where its rule holds: a letter for each state, capital where it is told. */
function course(looks: string, rule: { readonly forMs: number; readonly keepMs: number }): string {
  let state: AlertState = INACTIVE
  return Array.from(looks)
    .map((look, at) => {
      const next = step(state, rule, look === 'x', at * 10_000)
      state = next.state
      const letter = { inactive: 'i', pending: 'p', firing: 'f', 'keep-firing': 'k' }[state.name]
      return next.change ? letter.toUpperCase() : letter
    })
    .join('')
}

describe('an alert', () => {
  const rule = { forMs: 20_000, keepMs: 20_000 }

  it('rings when its rule has held for long enough, and is resolved when it has not for long enough', () => {
    expect(course('xxxx....', rule)).toBe('ppFfkkIi')
  })

  it('begins anew when its rule stops to hold before', () => {
    expect(course('xx.xxx', rule)).toBe('ppippF')
  })

  it('rings once when it comes and goes, and not each time', () => {
    expect(course('xxx.x.x.x...', rule)).toBe('ppFkfkfkfkkI')
  })

  it('rings and ends at once where its rule says so', () => {
    expect(course('x.', { forMs: 0, keepMs: 0 })).toBe('FI')
  })
})
