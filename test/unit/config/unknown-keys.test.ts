import { describe, expect, it } from 'vitest'

import type { Problem } from '../../../src/config/problems.ts'
import { reportMisspeltVariables, reportUnknownKeys } from '../../../src/config/unknown-keys.ts'
import { createVariables } from '../../../src/config/variables.ts'

const inFile = (content: unknown): readonly Problem[] => {
  const problems: Problem[] = []
  reportUnknownKeys(content, 'file f', (problem) => problems.push(problem))
  return problems
}

const inVariables = (...names: string[]): readonly Problem[] => {
  const problems: Problem[] = []
  const env = Object.fromEntries(names.map((name) => [name, 'hunter2']))
  reportMisspeltVariables(
    createVariables(env, '.', () => undefined),
    (problem) => problems.push(problem),
  )
  return problems
}

describe('a name in a file that is no setting', () => {
  it.each([
    [{ redsi: {} }, 'redsi', 'did you mean redis?'],
    [{ redis: { max_connections: 3 } }, 'redis.max_connections', 'did you mean maxConnections?'],
    [{ redis: { socket_timeout: 3 } }, 'redis.socket_timeout', 'did you mean commandTimeout?'],
    [{ redis: { maxEntries: 3 } }, 'redis.maxEntries', 'did you mean cache.maxEntries?'],
    [{ redis: { tls: { colour: 1 } } }, 'redis.tls.colour', 'known here: enabled, ca, servername, rejectUnauthorized'],
    [{ environments: { prod: { cahce: {} } } }, 'environments.prod.cahce', 'did you mean cache?'],
    [{ environments: { production: {} } }, 'environments.production', expect.stringContaining('prod')],
    [{ redis: { sentinel: { sentinels: [{ hots: 'a' }] } } }, 'redis.sentinel.sentinels.0.hots', 'did you mean host?'],
    [JSON.parse('{"__proto__": 1}'), '__proto__', expect.stringContaining('known here')],
  ])('%j is told with what was probably meant', (content, path, advice) => {
    expect(inFile(content)).toEqual([{ path, what: 'is not a setting', source: 'file f', advice }])
  })

  it('is told for all of them, and none of their values', () => {
    const problems = inFile({ a: 'hunter2', redis: { pasword: 'hunter2', tls: { b: 'hunter2' } } })
    expect(problems.map(({ path }) => path)).toEqual(['a', 'redis.pasword', 'redis.tls.b'])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  it.each([
    [{ redis: 'redis://:hunter2@h' }, 'redis'],
    [{ redis: null }, 'redis'],
    [{ redis: { tls: true } }, 'redis.tls'],
    [{ environments: [] }, 'environments'],
    ['hunter2', 'file f'],
  ])('is a value where a group should be: %j', (content, path) => {
    expect(inFile(content)).toMatchObject([{ path, what: expect.stringContaining('must be a group of settings: ') }])
    expect(JSON.stringify(inFile(content))).not.toContain('hunter2')
  })

  it('is not told where all names are known', () => {
    expect(inFile({ $schema: 'x', redis: { sentinel: { sentinels: [{ host: 'a' }, 'b', null] } } })).toEqual([])
    expect(inFile({ redis: undefined, environments: { dev: {} } })).toEqual([])
  })
})

describe('a variable that is no setting', () => {
  it('is told when it is a slip of the pen away from one, without its value', () => {
    expect(inVariables('HOLDFAST_REDIS_PASWORD', 'HOLDFAST_REDIS_PASSWROD_FILE')).toEqual([
      {
        path: 'HOLDFAST_REDIS_PASWORD',
        what: 'is not a setting',
        source: 'env HOLDFAST_REDIS_PASWORD',
        advice: 'did you mean HOLDFAST_REDIS_PASSWORD?',
      },
      expect.objectContaining({ advice: 'did you mean HOLDFAST_REDIS_PASSWORD_FILE?' }),
    ])
  })

  it('is left alone when it is a setting, the name of a file, or somebody else’s', () => {
    expect(
      inVariables('HOLDFAST_CONFIG', 'HOLDFAST_REDIS_TLS_CA_FILE', 'HOLDFAST_DASHBOARD_THEME', 'REDIS_URI'),
    ).toEqual([])
  })
})
