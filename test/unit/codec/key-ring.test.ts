import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'

import { createKeyRing } from '../../../src/codec/key-ring.ts'

const [one, two, three] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const wireIdOf = (id: string): number => createHash('sha256').update(id).digest().readUInt32BE(0)
const refused = (message: string) =>
  expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG', message: expect.stringContaining(message) })

/** The ids of two keys that are one on the wire: found by looking, 2^16 of them are enough on average. */
const CLASH = ((): readonly [string, string] => {
  const seen = new Map<number, string>()
  for (let at = 0; ; at += 1) {
    const id = `key ${at}`
    const other = seen.get(wireIdOf(id))
    if (other !== undefined) return [other, id]
    seen.set(wireIdOf(id), id)
  }
})()

describe('a key ring', () => {
  it('seals with its only key, or with the one that is named', () => {
    expect(createKeyRing({ keys: { a: one } }).currentId).toBe('a')
    const ring = createKeyRing({ keys: { a: one, b: two }, current: 'b' })
    expect([ring.currentId, ring.ids]).toEqual(['b', ['a', 'b']])
    expect(ring.sealing('entry').wireId).toBe(wireIdOf('b'))
  })

  it('opens with every key it has and with no other', () => {
    const ring = createKeyRing({ keys: { a: one, b: two }, current: 'b' })
    expect(ring.opening('entry', wireIdOf('a'))?.equals(createKeyRing({ keys: { a: one } }).sealing('entry').key)).toBe(
      true,
    )
    expect(ring.opening('entry', wireIdOf('b'))?.equals(ring.sealing('entry').key)).toBe(true)
    expect(ring.opening('entry', wireIdOf('c'))).toBeUndefined()
  })

  it('derives by HKDF a key for each purpose, once, and for each salt', () => {
    const ring = createKeyRing({ keys: { a: one } })
    const derived = (purpose: string, salt = Buffer.alloc(0)): Buffer =>
      Buffer.from(hkdfSync('sha256', one, salt, `hf/${purpose}/v1`, 32))
    expect(ring.sealing('entry').key.export()).toEqual(derived('entry'))
    expect(ring.sealing('session').key.export()).toEqual(derived('session'))
    expect(ring.sealing('entry').key).toBe(ring.sealing('entry').key)
    expect(ring.opening('entry', wireIdOf('a'))).toBe(ring.sealing('entry').key)
    const salt = randomBytes(32)
    expect(ring.sealing('session', salt).key.export()).toEqual(derived('session', salt))
    expect(ring.opening('session', wireIdOf('a'), salt)?.export()).toEqual(derived('session', salt))
    expect(ring.sealing('session').key.export()).toEqual(derived('session'))
    expect(ring.sealing('session', salt).key).toBe(ring.opening('session', wireIdOf('a'), Buffer.from(salt)))
    expect(ring.sealing('other', salt).key.export()).toEqual(derived('other', salt))
    const known = createHash('sha256').update(salt).digest('base64url')
    expect(ring.sealing('session', salt, known).key).toBe(ring.sealing('session', salt).key)
    expect(ring.opening('session', wireIdOf('a'), salt, known)).toBe(ring.sealing('session', salt).key)
  })

  it('opens nothing through what a key had derived before it was taken away', () => {
    const ring = createKeyRing({ keys: { a: one, b: two }, current: 'a' })
    const salt = randomBytes(32)
    ring.sealing('session', salt)
    ring.replace({ keys: { b: two } })
    expect(ring.opening('session', wireIdOf('a'), salt)).toBeUndefined()
    expect(ring.sealing('session', salt).wireId).toBe(wireIdOf('b'))
  })

  it('is rotated while it is in use: the new key seals, those before it go on opening', () => {
    const ring = createKeyRing({ keys: { a: one } })
    const sealed = ring.sealing('entry')
    ring.rotate('b', two.toString('base64'))
    expect([ring.currentId, ring.ids]).toEqual(['b', ['a', 'b']])
    expect(ring.sealing('entry').wireId).toBe(wireIdOf('b'))
    expect(ring.opening('entry', sealed.wireId)).toBe(sealed.key)
  })

  it('forgets at once a key that is not among those that replace it', () => {
    const ring = createKeyRing({ keys: { a: one, b: two }, current: 'b' })
    ring.replace({ keys: { b: two, c: three }, current: 'c' })
    expect([ring.currentId, ring.ids]).toEqual(['c', ['b', 'c']])
    expect(ring.opening('entry', wireIdOf('a'))).toBeUndefined()
  })

  it('stays as it was when what it is given cannot work', () => {
    const ring = createKeyRing({ keys: { a: one } })
    expect(() => ring.rotate('a', two)).toThrow(refused('is taken'))
    expect(() => ring.rotate('b', 'a passphrase')).toThrow(refused('openssl rand -base64 32'))
    expect(() => ring.rotate('b', one)).toThrow(refused('are the same'))
    expect(() => ring.rotate('', two)).toThrow(refused('needs an id'))
    expect(() => ring.replace({ keys: {} })).toThrow(refused('at least one key'))
    expect(() => ring.replace({ keys: { b: two, c: three } })).toThrow(refused('one of "b", "c", got undefined'))
    expect(() => ring.replace({ keys: { b: two }, current: 'a' })).toThrow(refused('got "a"'))
    expect([ring.currentId, ring.ids]).toEqual(['a', ['a']])
  })

  it('takes no two ids that are the same on the wire', () => {
    const [id, other] = CLASH
    expect(() => createKeyRing({ keys: { [id]: one, [other]: two }, current: id })).toThrow(refused('another id'))
    const ring = createKeyRing({ keys: { [id]: one } })
    expect(() => ring.rotate(other, two)).toThrow(refused('another id'))
  })

  it('shows ids and no secret, printed or as JSON', () => {
    const secrets = [one, two]
    const ring = createKeyRing({ keys: { a: one, b: two.toString('base64') }, current: 'a' })
    const subkeys = [ring.sealing('entry'), ring.opening('entry', wireIdOf('b'))]
    secrets.push(...subkeys.flatMap((shown) => (shown && 'key' in shown ? [shown.key.export()] : [])))
    const shown = [ring, subkeys].map((each) =>
      [inspect(each, { depth: 9, showHidden: true, getters: true }), JSON.stringify(each)].join('\n'),
    )
    expect(shown[0]).toContain('"currentId":"a"')
    for (const secret of secrets) {
      for (const form of ['hex', 'base64', 'base64url'] as const)
        expect(shown.join('\n')).not.toContain(secret.toString(form))
      expect(shown.join('\n')).not.toContain([...secret.subarray(0, 6)].join(', '))
      expect(shown.join('\n')).not.toContain(
        secret
          .toString('hex')
          .slice(0, 8)
          .replaceAll(/(..)(?=.)/g, '$1 '),
      )
    }
  })
})
