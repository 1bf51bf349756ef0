import { randomBytes } from 'node:crypto'

import { expect, it } from 'vitest'

import { createKeyRing } from '../../../src/codec/key-ring.ts'
import { allTags, checkUser, currentTag, isBirthKeyKnown, tagOfBirth } from '../../../src/session/user-tags.ts'

const keys = { a: randomBytes(32), b: randomBytes(32) }

it('a user has a tag under each key, the current one first', () => {
  const ring = createKeyRing({ keys, current: 'a' })
  const before = currentTag(ring, 'ada')
  expect(before).toMatchObject({
    bucket: expect.stringMatching(/^[0-9a-f]{2}$/),
    tag: expect.stringMatching(/^[\w-]{22}$/),
  })
  expect(currentTag(ring, 'ada')).toEqual(before)
  expect(currentTag(ring, 'eve').tag).not.toBe(before.tag)
  ring.replace({ keys, current: 'b' })
  const now = currentTag(ring, 'ada')
  expect(now.tag).not.toBe(before.tag)
  expect(allTags(ring, 'ada')).toEqual([now, before])
  expect(tagOfBirth(ring, 'ada', before.birthKey)).toEqual(before)
  ring.replace({ keys: { b: keys.b } })
  expect(allTags(ring, 'ada')).toEqual([now])
  expect(tagOfBirth(ring, 'ada', before.birthKey)).toBeUndefined()
  expect([isBirthKeyKnown(ring, before.birthKey), isBirthKeyKnown(ring, now.birthKey)]).toEqual([false, true])
})

it.each(['', 'x'.repeat(1025), '\ud83c', 1, null, {}])('%j is no user id', (user) => {
  expect(() => checkUser(user)).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_SESSION_INVALID' }))
})
