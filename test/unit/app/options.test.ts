import { describe, expect, it } from 'vitest'

import { checkSecrets, resolveOptions, type AppOptions } from '../../../app/src/options.ts'
import { StartError } from '../../../app/src/start-error.ts'

const ASTRA = { ASTRA_DB_API_ENDPOINT: 'https://db.example', ASTRA_DB_APPLICATION_TOKEN: 'AstraCS:x' }

const KEY = Buffer.alloc(32, 1).toString('base64')
const OURS = {
  APP_ENV: 'prod',
  CACHE_MODE: 'off',
  RATE_LIMITS: 'off',
  SESSION_KEYS: `two=${KEY}, one=${KEY}`,
  AUDIT_KEY: 'sixteen characters',
  ADMIN_PASSWORD: 'p',
  METRICS_TOKEN: 'the-token-for-metrics',
}

describe('resolveOptions', () => {
  it('needs nothing to be set', () => {
    expect(resolveOptions({}, [])).toEqual({
      environment: 'dev',
      cacheMode: 'on',
      limitsRates: true,
      sessionKeys: undefined,
      auditKey: undefined,
      metricsToken: undefined,
      adminPassword: undefined,
      host: '127.0.0.1',
      port: 3000,
      redisUrl: undefined,
      isConfigured: false,
      database: { kind: 'emulator', latencyMs: 5 },
      adminToken: undefined,
      userToken: undefined,
      dataFolder: undefined,
    })
  })

  it('takes everything from the environment and the folder from the arguments', () => {
    const environment = { ...ASTRA, PORT: '0', HOST: '::1', REDIS_URL: 'redis://r', ADMIN_TOKEN: 'a', USER_TOKEN: 'u' }
    expect(resolveOptions({ ...environment, ASTRA_DB_KEYSPACE: 'ks', ...OURS }, ['--data', 'folder'])).toEqual({
      environment: 'prod',
      cacheMode: 'off',
      limitsRates: false,
      sessionKeys: { two: KEY, one: KEY },
      auditKey: 'sixteen characters',
      metricsToken: 'the-token-for-metrics',
      adminPassword: 'p',
      host: '::1',
      port: 0,
      redisUrl: 'redis://r',
      isConfigured: false,
      database: { kind: 'astra', endpoint: 'https://db.example', token: 'AstraCS:x', keyspace: 'ks' },
      adminToken: 'a',
      userToken: 'u',
      dataFolder: 'folder',
    })
  })

  it('counts a variable that is empty as not set', () => {
    expect(resolveOptions({ PORT: '', REDIS_URL: ' ', ADMIN_TOKEN: '' }, [])).toEqual(resolveOptions({}, []))
  })

  it('takes how slow the emulator is', () => {
    expect(resolveOptions({ EMULATOR_LATENCY_MS: '40' }, [])).toMatchObject({ database: { latencyMs: 40 } })
  })

  it.each(['x', '-1', '65536', '3.5', '0x50', '1e3', '99999999999'])(
    'refuses PORT=%s and says what it takes',
    (PORT) => {
      expect(() => resolveOptions({ PORT }, [])).toThrow(
        new StartError(`PORT must be a whole number from 0 to 65535, got "${PORT}"`),
      )
    },
  )

  it('names the variable that is missing when only one half of the database is set', () => {
    const { ASTRA_DB_API_ENDPOINT, ASTRA_DB_APPLICATION_TOKEN } = ASTRA
    expect(() => resolveOptions({ ASTRA_DB_API_ENDPOINT }, [])).toThrow(/ASTRA_DB_APPLICATION_TOKEN is not/)
    expect(() => resolveOptions({ ASTRA_DB_APPLICATION_TOKEN }, [])).toThrow(/ASTRA_DB_API_ENDPOINT is not/)
  })

  it.each(['not a url', 'ftp://x', 'db.example:443'])('refuses the endpoint %j', (endpoint) => {
    expect(() => resolveOptions({ ...ASTRA, ASTRA_DB_API_ENDPOINT: endpoint }, [])).toThrow(
      /ASTRA_DB_API_ENDPOINT must be a URL/,
    )
  })

  it('refuses a token that a header cannot carry, without repeating it', () => {
    expect(() => resolveOptions({ ADMIN_TOKEN: 'two words' }, [])).toThrow(
      new StartError('ADMIN_TOKEN may hold only visible ASCII characters and no spaces'),
    )
  })

  it('refuses one token for both roles', () => {
    expect(() => resolveOptions({ ADMIN_TOKEN: 'same', USER_TOKEN: 'same' }, [])).toThrow(StartError)
  })

  it.each([[['--nonsense']], [['--data']], [['--data', '']], [['stray']]])(
    'refuses the arguments %j and points to --help',
    (args) => {
      expect(() => resolveOptions({}, args)).toThrow(/npm start -- --help/)
    },
  )

  it('is asked for help', () => {
    expect(resolveOptions({ PORT: '1' }, ['--help'])).toBe('help')
  })

  it('draws no key outside of dev, where instances would differ and restarts log everybody out', () => {
    const { SESSION_KEYS: _keys, ...withoutKeys } = OURS
    const { AUDIT_KEY: _key, ...withoutAudit } = OURS
    const check = (variables: Readonly<Record<string, string>>) => () =>
      checkSecrets(resolveOptions(variables, []) as AppOptions)
    expect(check(withoutKeys)).toThrow(/^SESSION_KEYS must be set in prod/)
    expect(check(withoutAudit)).toThrow(/^AUDIT_KEY must be set in prod/)
    expect(check({ ...OURS, AUDIT_KEY: 'short' })).toThrow(/at least 16/)
    for (const variables of [OURS, { ...withoutKeys, CACHE_MODE: 'absent' }, {}]) expect(check(variables)).not.toThrow()
  })

  it.each(['one', 'one=short', `one=${KEY};two=${KEY}`, `=${KEY}`])(
    'refuses the session keys %j without repeating them',
    (SESSION_KEYS) => {
      expect(() => resolveOptions({ SESSION_KEYS }, [])).toThrow(
        new StartError('SESSION_KEYS must be id=key[,id=key], each key 32 bytes in base64'),
      )
    },
  )

  it('refuses modes that do not exist', () => {
    expect(() => resolveOptions({ CACHE_MODE: 'maybe' }, [])).toThrow('CACHE_MODE must be on or off or absent')
    expect(() => resolveOptions({ RATE_LIMITS: 'yes' }, [])).toThrow('RATE_LIMITS must be on or off')
  })
})
