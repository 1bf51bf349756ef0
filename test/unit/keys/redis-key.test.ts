import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { entryKey, entryPattern, keyOfEntry, leaseKey, loadsChannel, logKeys } from '../../../src/keys/redis-key.ts'

/** The part of a key that decides its slot, as the specification of Redis Cluster says: between the first { and the next }. */
function hashTagOf(redisKey: string): string | undefined {
  const open = redisKey.indexOf('{')
  const close = redisKey.indexOf('}', open + 1)
  return open === -1 || close <= open + 1 ? undefined : redisKey.slice(open + 1, close)
}

const keys = fc.string({ unit: fc.constantFrom('{', '}', '%', '7', 'B', '2', '5', 'a', ':', '\0', '🐉'), minLength: 1 })
const namespaces = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/)

describe('the key of an entry in Redis', () => {
  it('shows the namespace and the key', () => {
    expect(entryKey('ttrpg', 'features:list')).toBe('hf:ttrpg:e:{features:list}')
    expect(entryKey('ttrpg', '100%{a}')).toBe('hf:ttrpg:e:{100%25%7Ba%7D}')
  })

  it('is read back from what a scan for the namespace finds', () => {
    expect(entryPattern('ttrpg')).toBe('hf:ttrpg:e:{*}')
    fc.assert(fc.property(namespaces, keys, (ns, key) => keyOfEntry(ns, entryKey(ns, key)) === key))
  })

  it('has exactly one hash tag, never an empty one, whatever braces the key holds', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const redisKey = entryKey('n', key)
        expect(redisKey.match(/[{}]/g)).toEqual(['{', '}'])
        expect(hashTagOf(redisKey)).toBe(redisKey.slice('hf:n:e:{'.length, -1))
      }),
    )
  })

  it('is never shared by two keys or two namespaces', () => {
    fc.assert(
      fc.property(namespaces, keys, namespaces, keys, (namespace, key, otherNamespace, otherKey) => {
        fc.pre(namespace !== otherNamespace || key !== otherKey)
        expect(entryKey(namespace, key)).not.toBe(entryKey(otherNamespace, otherKey))
      }),
    )
    const lookalikes = ['{', '%7B', '%257B', '%25', '%', '}', '%7D', '%2525']
    expect(new Set(lookalikes.map((key) => entryKey('n', key))).size).toBe(lookalikes.length)
  })

  it('says which key it is of: the encoding can be read back', () => {
    const decode = (text: string): string => text.replace(/%(7B|7D|25)/g, (code) => decodeURIComponent(code))
    fc.assert(
      fc.property(keys, (key) => {
        expect(decode(entryKey('n', key).slice('hf:n:e:{'.length, -1))).toBe(key)
      }),
    )
  })
})

describe('the key of a lease', () => {
  it('is in the slot of its entry, since a fill touches both, and is never the key of an entry', () => {
    fc.assert(
      fc.property(namespaces, keys, namespaces, keys, (namespace, key, otherNamespace, otherKey) => {
        expect(hashTagOf(leaseKey(namespace, key))).toBe(hashTagOf(entryKey(namespace, key)))
        expect(leaseKey(namespace, key)).not.toBe(entryKey(otherNamespace, otherKey))
      }),
    )
    expect(leaseKey('ttrpg', 'a{b}')).toBe('hf:ttrpg:l:{a%7Bb%7D}')
  })
})

describe('the keys of a namespace’s log', () => {
  it('share one hash tag, the namespace', () => {
    const { head, log, probe } = logKeys('ttrpg')
    expect([head, log, probe]).toEqual(['hf:{ttrpg}:head', 'hf:{ttrpg}:log', 'hf:{ttrpg}:probe'])
    expect(loadsChannel('ttrpg')).toBe('hf:{ttrpg}:filled')
    expect([head, log, probe].map(hashTagOf)).toEqual(['ttrpg', 'ttrpg', 'ttrpg'])
  })

  it('are never the key of an entry', () => {
    fc.assert(
      fc.property(namespaces, namespaces, keys, (namespace, otherNamespace, key) => {
        expect(Object.values(logKeys(namespace))).not.toContain(entryKey(otherNamespace, key))
      }),
    )
  })
})
