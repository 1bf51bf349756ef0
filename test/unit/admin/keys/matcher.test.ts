import { describe, expect, it } from 'vitest'

import { matcherOf, patternOfPrefix } from '../../../../src/admin/keys/matcher.ts'
import { compileGlob } from '../../../../src/keys/glob.ts'
import { entryKey, hotKeysKey, logKeys } from '../../../../src/keys/redis-key.ts'
import { sessionKeys } from '../../../../src/session/session-keys.ts'

const PATTERNS = ['*', 'a:*', 'a*', '*b*', '[ab]*', '{x}*', '*}*', '?', String.raw`a\*b`, '%7B*', '*:{*}:*', '}:s:{*']
const KEYS = ['a:1', 'ab', 'b', '{x}y', 'a*b', '%7B', 'x}y', 'a', 'ü:1', 's:{00}:hash']

describe('what a pattern means in Redis', () => {
  it('lets through every key that it accepts', () => {
    const lost = PATTERNS.flatMap((pattern) => {
      const matcher = matcherOf('ns', pattern)
      const glob = compileGlob(matcher.match)
      return KEYS.filter((key) => matcher.accepts(key) && !glob.matches(entryKey('ns', key)))
    })
    expect(lost).toEqual([])
  })

  it('lets through nothing that is no entry of the namespace', () => {
    const sessions = sessionKeys('ns')
    const others = [
      sessions.session('00', 'hash'),
      sessions.index('00', 'tag'),
      sessions.registry('00'),
      sessions.attempts('tag'),
      ...Object.values(logKeys('ns')),
      hotKeysKey('ns'),
      'hf:{ns}:audit',
      entryKey('other', 'a:1'),
      entryKey('ns2', 'a:1'),
      'hf:health',
    ]
    for (const pattern of PATTERNS) {
      const glob = compileGlob(matcherOf('ns', pattern).match)
      expect([pattern, others.filter((key) => glob.matches(key))]).toEqual([pattern, []])
    }
  })

  it('is narrow where it can be, so that Redis sends no key that does not matter', () => {
    expect(matcherOf('ns', 'a:*').match).toBe('hf:ns:e:{a:*}')
    expect(matcherOf('ns', '*b*').match).toBe('hf:ns:e:{*b*}')
    expect(matcherOf('ns', '{x}*').match).toBe('hf:ns:e:{%7Bx%7D*}')
  })

  it('means a prefix by its letters', () => {
    const { accepts } = matcherOf('ns', patternOfPrefix('a*[b]'))
    expect(['a*[b]', 'a*[b]c', 'axbc'].map(accepts)).toEqual([true, true, false])
  })
})
