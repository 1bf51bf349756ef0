import * as v from 'valibot'
import { describe, expect, it } from 'vitest'

import type { ConfigFile } from '../../../src/config/config.ts'
import { fileSchema, settingsSchema } from '../../../src/config/schema.ts'

// Typed, so that the schema and the type that people write by are held together here.
const whole = {
  $schema: './config.schema.json',
  environment: 'prod',
  namespace: 'ttrpg',
  redis: {
    url: 'rediss://h',
    socket: null,
    host: 'h',
    port: 1,
    db: 0,
    username: 'u',
    password: 'p',
    tls: { enabled: true, ca: null, servername: 'h', rejectUnauthorized: true },
    sentinel: { enabled: true, serviceName: 's', sentinels: [{ host: 'a' }], username: null, password: null },
    cluster: { enabled: false, nodes: [{ host: 'a', port: 1 }] },
    maxConnections: 1,
    connectTimeout: 5000,
    commandTimeout: '5s',
    readTimeout: '250ms',
    retryOnTimeout: true,
  },
  cache: { enabled: true, bound: '2s', ttl: '1h', maxEntries: 1, maxBytes: 1, maxEntryBytes: 1 },
  ttls: {
    requirements: '1h',
    features: '1h',
    userSessions: '1h',
    schemaValidation: '1h',
    databaseQueries: '1h',
    userPreferences: '1h',
  },
  environments: { dev: { namespace: 'dev' }, test: {}, prod: { redis: { tls: { servername: null } } } },
} satisfies ConfigFile

describe('the schema of a configuration file', () => {
  it('takes a file with every setting, and one with none', () => {
    expect(v.safeParse(fileSchema, whole).issues).toBeUndefined()
    expect(v.safeParse(fileSchema, {}).issues).toBeUndefined()
  })

  it.each([
    { redis: { maxConnections: 0 } },
    { redis: { maxConnections: 1001 } },
    { redis: { port: 0 } },
    { redis: { db: -1 } },
    { cache: { bound: '99ms' } },
    { cache: { bound: '2h' } },
    { ttls: { features: '0s' } },
    { namespace: 'a:b' },
    { namespace: 'a'.repeat(65) },
    { environment: 'production' },
    { environments: { staging: {} } },
    { environments: { prod: { environment: 'prod' } } },
    { redis: { hots: 'a' } },
  ])('refuses %j', (file) => {
    expect(v.safeParse(fileSchema, file).success).toBe(false)
  })

  it('knows no sections where it lists the settings', () => {
    expect(v.safeParse(settingsSchema, { environments: {} }).success).toBe(false)
  })
})
