import { describe, expect, it } from 'vitest'

import { idKey, newId } from '../../../emulator/src/ids.ts'

describe('the key of an id', () => {
  it('tells ids of different kinds apart', () => {
    const keys = ['1', 1, true, 'true', null, 'null', { $date: 1 }].map(idKey)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('is the same for a UUID, an object id, and their text', () => {
    const uuid = '550e8400-e29b-41d4-a716-446655440000'
    expect(idKey({ $uuid: uuid.toUpperCase() })).toBe(idKey(uuid))
    expect(idKey({ $objectId: 'ABCDEFABCDEFABCDEFABCDEF' })).toBe(idKey('abcdefabcdefabcdefabcdef'))
  })
})

describe('a new id', () => {
  const now = Date.UTC(2022, 1, 22, 19, 22, 22)

  it('is the text of a random UUID unless the collection says otherwise', () => {
    expect(newId(undefined, now)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('is of the kind that the collection says', () => {
    expect(newId('uuid', now)).toEqual({ $uuid: expect.stringMatching(/^.{14}4.{3}-[89ab].{3}-.{12}$/) })
    expect(newId('objectId', now)).toEqual({ $objectId: expect.stringMatching(/^621537ee[0-9a-f]{16}$/) })
  })

  // The times of the examples in RFC 9562, A.5 and A.6: 2022-02-22 19:22:22 UTC.
  it('begins with the time, as RFC 9562 has it, in versions 6 and 7', () => {
    expect(newId('uuidv6', now)).toEqual({ $uuid: expect.stringMatching(/^1ec9414c-232a-6b00-[89ab].{3}-.{12}$/) })
    expect(newId('uuidv7', now)).toEqual({ $uuid: expect.stringMatching(/^017f22e2-79b0-7.{3}-[89ab].{3}-.{12}$/) })
  })
})
