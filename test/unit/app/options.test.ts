import { describe, expect, it } from 'vitest'

import { resolveOptions } from '../../../app/src/options.ts'
import { StartError } from '../../../app/src/start-error.ts'

const ASTRA = { ASTRA_DB_API_ENDPOINT: 'https://db.example', ASTRA_DB_APPLICATION_TOKEN: 'AstraCS:x' }

describe('resolveOptions', () => {
  it('needs nothing to be set', () => {
    expect(resolveOptions({}, [])).toEqual({
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
    expect(resolveOptions({ ...environment, ASTRA_DB_KEYSPACE: 'ks' }, ['--data', 'folder'])).toEqual({
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
})
