import { expect, it } from 'vitest'

import { readCursor, walk, writeCursor } from '../../../../src/admin/keys/scan.ts'
import { matcherOf } from '../../../../src/admin/keys/matcher.ts'
import { entryKey } from '../../../../src/keys/redis-key.ts'
import { fakeClock } from '../../../support/fake-clock.ts'

it('writes where a page ended so that it can be read again, of one server and of a cluster', () => {
  for (const cursor of [
    { place: undefined, skip: 3 },
    { place: '17592186044416', skip: 0 },
    { place: '10.0.0.1:6379 42', skip: 199 },
  ])
    expect(readCursor(writeCursor(cursor))).toEqual(cursor)
})

it('reads no cursor that it has not written', () => {
  const forged = ['', '~', '1~-1', '1~9999999', '10.0.0.1:6379 1 COUNT 1000000~0', 'x\ny 1~0']
  expect(forged.map((text) => readCursor(Buffer.from(text).toString('base64url')))).toEqual(forged.map(() => undefined))
})

it('walks until its time is up, and at least one step', async () => {
  const clock = fakeClock()
  let scans = 0
  const redis = {
    async scanKeys(_match: string, count: number) {
      scans += 1
      clock.advance(40)
      expect(count).toBe(200)
      return { keys: [entryKey('ns', `a:${scans}`)], next: String(scans) }
    },
  }
  const seen: string[] = []
  for await (const step of walk({ redis, clock, namespace: 'ns' }, matcherOf('ns', 'a:*'), undefined, 100))
    seen.push(...step.keys)
  expect(seen).toEqual(['a:1', 'a:2', 'a:3'])
  for await (const step of walk({ redis, clock, namespace: 'ns' }, matcherOf('ns', 'a:*'), undefined, 0))
    seen.push(...step.keys)
  expect(scans).toBe(4)
})
