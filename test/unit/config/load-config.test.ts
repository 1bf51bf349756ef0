import { inspect } from 'node:util'

import { describe, expect, it } from 'vitest'

import type { Environment } from '../../../src/config/config.ts'
import { describeConfig } from '../../../src/config/describe-config.ts'
import { resolvedLeaves } from '../../../src/config/leaves.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { profiles } from '../../../src/config/profiles.ts'
import { configOf, folderWith, problemsOf } from './written-config.ts'

describe('a configuration', () => {
  it('is the profile of dev where nothing is written', async () => {
    const { sources, ...settings } = await configOf({})
    expect(settings).toEqual({ environment: 'dev', ...profiles.dev })
    expect(Object.keys(sources)).toEqual(resolvedLeaves.map(({ path }) => path))
    expect(sources['redis.host']).toBe('profile dev default')
  })

  it('takes each setting from a variable, else the section, else the file, else the profile', async () => {
    const file = {
      namespace: 'file',
      cache: { maxEntries: 1, maxBytes: 1, maxEntryBytes: 1 },
      environments: { test: { cache: { maxEntries: 2, maxBytes: 2 } }, dev: { cache: { maxEntries: 9 } } },
    }
    const env = { HOLDFAST_CACHE_MAX_ENTRIES: '3', REDIS_PASSWORD: 'p' }
    const { cache, namespace, sources } = await configOf({ environment: 'test', file, env })
    expect({ ...cache, namespace }).toMatchObject({ maxEntries: 3, maxBytes: 2, maxEntryBytes: 1, namespace: 'file' })
    expect(sources).toMatchObject({
      'cache.maxEntries': 'env HOLDFAST_CACHE_MAX_ENTRIES',
      'cache.maxBytes': 'file holdfast.config.json, environments.test',
      'cache.maxEntryBytes': 'file holdfast.config.json',
      'cache.ttl': 'profile test default',
    })
  })

  it('takes every setting from its variable', async () => {
    const texts: Readonly<Record<string, string>> = {
      boolean: 'false',
      number: '1',
      object: 'h:1,i:2',
      string: '150ms',
    }
    for (const leaf of resolvedLeaves) {
      const value = leaf.path.split('.').reduce<unknown>((group, key) => Object(group)[key], profiles.dev)
      const variable = leaf.variables[0] ?? ''
      // Alone, most of them are refused by one rule or another; the question here is only who is heard.
      const text = leaf.path === 'environment' ? 'dev' : (texts[value === null ? 'string' : typeof value] ?? '')
      const told = await configOf({ env: { [variable]: text } }).then(
        (config) => config.sources[leaf.path],
        (error: unknown) => String(error),
      )
      expect(told).toContain(variable)
    }
  })

  it('reads a password from a file, and a certificate authority', async () => {
    const cwd = folderWith({ password: 'hunter2\n' })
    const { redis, sources } = await loadConfig({ cwd, env: { HOLDFAST_REDIS_PASSWORD_FILE: 'password' } })
    expect(redis.password?.reveal()).toBe('hunter2')
    expect(sources['redis.password']).toBe('env HOLDFAST_REDIS_PASSWORD_FILE')
    const prod = await loadConfig({ cwd, environment: 'prod', env: { REDIS_PASSWORD_FILE: 'password' } })
    expect(prod.redis.password?.reveal()).toBe('hunter2')
  })

  it('takes null in a file for none, whatever the profile says', async () => {
    const { redis } = await configOf({ environment: 'test', file: { redis: { password: null } } })
    expect(redis.password).toBeNull()
  })

  it('is frozen, down to the addresses of the sentinels', async () => {
    const config = await configOf({ environment: 'prod', env: { REDIS_PASSWORD: 'p' } })
    for (const part of [config, config.redis, config.redis.sentinel.sentinels, config.redis.sentinel.sentinels[0]]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('leaves the profiles as they are', async () => {
    await configOf({ environment: 'prod', env: { REDIS_PASSWORD: 'p' } })
    expect(Object.isFrozen(profiles.prod.redis.sentinel.sentinels)).toBe(false)
  })

  it('is found by HOLDFAST_CONFIG, unless the caller names a file', async () => {
    const cwd = folderWith({ 'a.json': '{"namespace":"a"}', 'b.json': '{"namespace":"b"}' })
    const env = { HOLDFAST_CONFIG: 'a.json' }
    expect((await loadConfig({ cwd, env })).namespace).toBe('a')
    expect((await loadConfig({ cwd, env, file: 'b.json' })).namespace).toBe('b')
  })
})

describe('the environment', () => {
  const ENOUGH = { REDIS_PASSWORD: 'p' }
  it.each<[string, Parameters<typeof configOf>[0], Environment, string]>([
    ['the caller', { environment: 'test', env: { HOLDFAST_ENVIRONMENT: 'prod' } }, 'test', 'argument'],
    [
      'a variable',
      { env: { HOLDFAST_ENVIRONMENT: 'test' }, file: { environment: 'prod' } },
      'test',
      'env HOLDFAST_ENVIRONMENT',
    ],
    ['the file', { file: { environment: '${STAGE}' }, env: { STAGE: 'prod' } }, 'prod', 'file holdfast.config.json'],
    ['NODE_ENV', { env: { NODE_ENV: 'production' } }, 'prod', 'env NODE_ENV'],
    ['nobody, though a test runner sets NODE_ENV', { env: { NODE_ENV: 'test' } }, 'dev', 'default'],
  ])('is said by %s', async (_, written, environment, source) => {
    const config = await configOf({ ...written, env: { ...ENOUGH, ...written.env } })
    expect([config.environment, config.sources['environment']]).toEqual([environment, source])
    expect(config.redis.host).toBe(profiles[environment].redis.host)
  })

  it('must be one of three', async () => {
    expect(await problemsOf({ env: { HOLDFAST_ENVIRONMENT: 'production' } })).toEqual([
      'environment: must be one of dev, test, prod, got "production" (from env HOLDFAST_ENVIRONMENT)',
    ])
  })
})

describe('problems', () => {
  it('are told all at once, wherever they are', async () => {
    const file = { redis: { max_connections: 5, password: '${SECRET}' }, ttls: { features: 'soon' } }
    const env = { HOLDFAST_REDIS_PORT: 'x', HOLDFAST_REDIS_HSOT: 'h', HOLDFAST_NAMESPACE: 'a b' }
    expect(await problemsOf({ file, env })).toEqual([
      'redis.max_connections: is not a setting (from file holdfast.config.json) — did you mean maxConnections?',
      'HOLDFAST_REDIS_HSOT: is not a setting (from env HOLDFAST_REDIS_HSOT) — did you mean HOLDFAST_REDIS_HOST?',
      'namespace: must be 1 to 64 of the characters A–Z a–z 0–9 _ -, got "a b" (from env HOLDFAST_NAMESPACE)',
      'redis.port: must be a whole number from 1 to 65535, got "x" (from env HOLDFAST_REDIS_PORT)',
      'redis.password: needs the variable SECRET, which is not set (from file holdfast.config.json) — set SECRET or SECRET_FILE or HOLDFAST_REDIS_PASSWORD',
      expect.stringMatching(/^ttls\.features: must be a time .* got "soon" \(from file holdfast\.config\.json\)$/),
    ])
  })

  it('name the variable that a profile needs', async () => {
    expect(await problemsOf({ environment: 'prod' })).toEqual([
      'redis.password: needs the variable REDIS_PASSWORD, which is not set (from profile prod default) — set REDIS_PASSWORD or REDIS_PASSWORD_FILE or HOLDFAST_REDIS_PASSWORD',
    ])
  })

  it('are not told of what another level overrides', async () => {
    const file = { redis: { port: 'x', host: '${NONE}' }, environments: { prod: { redis: { password: '${NONE}' } } } }
    const env = { HOLDFAST_REDIS_PORT: '1', HOLDFAST_REDIS_HOST: 'h' }
    expect((await configOf({ file, env })).redis).toMatchObject({ host: 'h', port: 1 })
  })
})

describe('a secret (S17)', () => {
  const SECRET = 'Tr0ub4dor'
  const NAMES = ['HOLDFAST_REDIS_PASSWORD', 'HOLDFAST_REDIS_SENTINEL_PASSWORD', 'REDIS_PASSWORD']

  it('shows nowhere in a configuration but where it is asked for', async () => {
    const env = Object.fromEntries(NAMES.map((name) => [name, SECRET]))
    const inUrl = { REDIS_URL: `rediss+sentinel://u:${SECRET}@a/m?sentinel_password=${SECRET}` }
    for (const config of [await configOf({ environment: 'test', env }), await configOf({ env: inUrl })]) {
      expect(config.redis.password?.reveal()).toBe(SECRET)
      expect(config.redis.sentinel.password?.reveal()).toBe(SECRET)
      const shown = [
        JSON.stringify(config),
        inspect(config, { depth: 9, showHidden: true }),
        JSON.stringify(describeConfig(config)),
      ]
      expect(shown.join()).not.toContain(SECRET)
    }
  })

  it.each([
    { file: { redis: { password: [SECRET] } } },
    { file: { redis: { password: { value: SECRET } } } },
    { file: { redis: { password: `\${${SECRET}` } }, env: {} },
    { file: { redis: { pasword: SECRET, sentinel: { password: 5 } } } },
    { file: { redis: `redis://:${SECRET}@h` } },
    { file: { redis: { host: `redis://:${SECRET}@h` } } },
    { file: { redis: { port: `:${SECRET}@h` } } },
    { file: { redis: { port: '${P}' } }, env: { P: SECRET } },
    {
      file: { redis: { sentinel: { sentinels: [{ host: '${P} ', port: '${P}' }, `:${SECRET}@h`] } } },
      env: { P: SECRET },
    },
    { file: { redis: { url: `redis:/:${SECRET}@h` } } },
    { env: { REDIS_URL: SECRET } },
    { env: { HOLDFAST_REDIS_SENTINEL_SENTINELS: `redis://:${SECRET}@h` } },
    { env: { HOLDFAST_REDIS_PASSWORD: SECRET, HOLDFAST_REDIS_PASSWORD_FILE: SECRET } },
    { env: { HOLDFAST_REDIS_PASSWORD_FILE: SECRET } },
    { env: { HOLDFAST_REDIS_PASWORD: SECRET } },
    { env: { HOLDFAST_REDIS_USERNAME: 'u', REDIS_URL: `redis://:${SECRET}@h` } },
  ])('shows in no problem: %j', async (written) => {
    expect((await problemsOf(written)).join('\n')).not.toContain(written.env?.P ?? SECRET)
  })
})
