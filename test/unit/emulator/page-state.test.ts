import { describe, expect, it } from 'vitest'

import { decodePageState, encodePageState } from '../../../emulator/src/page-state.ts'

describe('a page state', () => {
  it('says where the page ended, after a trip through the client', () => {
    const state = { after: 123, returned: 50 }
    expect(decodePageState(encodePageState(state))).toEqual(state)
  })

  it('is the beginning when there is none', () => {
    expect(decodePageState(undefined)).toEqual({ after: 0, returned: 0 })
  })

  it.each(['', 'AAE', Buffer.from('1:x').toString('base64url')])('is refused when it is not ours: "%s"', (state) => {
    expect(() => decodePageState(state)).toThrow(expect.objectContaining({ code: 'COMMAND_FIELD_VALUE_INVALID' }))
  })
})
