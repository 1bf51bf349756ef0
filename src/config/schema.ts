/**
 * The configuration file as a valibot schema: the one list of all settings, from which the names of the environment's
 * variables, the JSON Schema for editors and the check of the reference page are derived. No defaults: see profiles.ts.
 */
import * as v from 'valibot'

import { REDIS_PORT, SENTINEL_PORT } from '../redis/url.ts'
import type { Environment } from './config.ts'
import * as value from './values.ts'

const ENVIRONMENTS: readonly Environment[] = ['dev', 'test', 'prod']

// A timer of more than 2^31 ms fires at once, so what is waited for has a ceiling far below it.
const LONGEST_WAIT = '1h'
const LONGEST_TTL = '365d'

function setting(description: string, type: v.GenericSchema): v.GenericSchema {
  return v.optional(v.pipe(type, v.description(description)))
}

function secret(description: string, type: v.GenericSchema): v.GenericSchema {
  return v.optional(v.pipe(type, v.description(description), v.metadata({ secret: true })))
}

function group(description: string, entries: v.ObjectEntries): v.GenericSchema {
  return v.optional(v.pipe(v.strictObject(entries), v.description(description)))
}

const tls = group('Encryption of every connection to Redis and to its sentinels.', {
  enabled: setting('Encrypt, and refuse a server that does not.', value.flag()),
  ca: setting(
    "Certificates in PEM that vouch for the server, in place of the system's; read them from a file by the variable HOLDFAST_REDIS_TLS_CA_FILE.",
    value.orNone(value.certificates()),
  ),
  servername: setting(
    "The name that the server's certificate must carry, where it is not the host.",
    value.orNone(value.host()),
  ),
  rejectUnauthorized: setting(
    'Refuse a certificate that nobody vouches for. Cannot be turned off in prod.',
    value.flag(),
  ),
})

const sentinel = group('Sentinels, which know the present primary.', {
  enabled: setting('Ask sentinels for the primary; host and port are then not used.', value.flag()),
  serviceName: setting('The name under which the sentinels watch the primary.', value.orNone(value.text())),
  sentinels: setting('The sentinels, one or more.', value.addresses(SENTINEL_PORT)),
  username: setting('The ACL user at the sentinels.', value.orNone(value.text())),
  password: secret('The password at the sentinels; that of Redis is not sent to them.', value.orNone(value.text())),
})

const cluster = group('Redis Cluster.', {
  enabled: setting('Connect to a cluster; host and port are then not used.', value.flag()),
  nodes: setting('Nodes to ask for the rest of the cluster, one or more.', value.addresses(REDIS_PORT)),
})

const redis = group('How to reach Redis.', {
  url: secret(
    'Redis in one text: redis://, rediss://, unix:// or redis+sentinel://. The same as writing its parts, and it wins over parts written at a lower level.',
    value.text(),
  ),
  socket: setting('The path of a Unix socket, in place of host and port.', value.orNone(value.text())),
  host: setting('The host name or the address.', value.host()),
  port: setting('The port.', value.wholeNumber(1, 65_535)),
  db: setting('The number of the database.', value.wholeNumber(0, 999_999)),
  username: setting('The ACL user; none is the default user.', value.orNone(value.text())),
  password: secret('The password.', value.orNone(value.text())),
  tls,
  sentinel,
  cluster,
  maxConnections: setting('Connections per process, at most.', value.wholeNumber(1, 1000)),
  connectTimeout: setting('How long connecting may take.', value.duration('1ms', LONGEST_WAIT)),
  commandTimeout: setting('How long any command may take.', value.duration('1ms', LONGEST_WAIT)),
  readTimeout: setting(
    'How long a read of the cache may take before the source is asked; at most commandTimeout.',
    value.duration('1ms', LONGEST_WAIT),
  ),
  retryOnTimeout: setting('Send a read that timed out once more.', value.flag()),
})

const cache = group('The cache.', {
  enabled: setting('Cache at all; false asks the source every time.', value.flag()),
  bound: setting(
    'How long after an acknowledged invalidation another process may still serve the old value.',
    value.duration('100ms', LONGEST_WAIT),
  ),
  ttl: setting('How long a value is fresh when nothing else is said.', value.duration('1ms', LONGEST_TTL)),
  maxEntries: setting('Values kept in each process, at most.', value.wholeNumber(1, 1_000_000_000)),
  maxBytes: setting('Bytes of values kept in each process, at most.', value.wholeNumber(1, 2 ** 40)),
  maxEntryBytes: setting('Larger values are returned and not stored, in bytes.', value.wholeNumber(1, 2 ** 29)),
})

const ttls = group('How long each kind of data is fresh.', {
  requirements: setting('Requirements.', value.duration('1ms', LONGEST_TTL)),
  features: setting('Features.', value.duration('1ms', LONGEST_TTL)),
  userSessions: setting(
    'Sessions of users: ended after this long without a request.',
    value.duration('1ms', LONGEST_TTL),
  ),
  schemaValidation: setting('Results of schema validation.', value.duration('1ms', LONGEST_TTL)),
  databaseQueries: setting('Results of database queries.', value.duration('1ms', LONGEST_TTL)),
  userPreferences: setting('Preferences of users.', value.duration('1ms', LONGEST_TTL)),
})

const settings = {
  environment: setting('The environment, whose profile gives the defaults.', value.oneOf(ENVIRONMENTS)),
  namespace: setting(
    'Keeps applications on one Redis apart.',
    value.text('must be 1 to 64 of the characters A–Z a–z 0–9 _ -', /^[A-Za-z0-9_-]{1,64}$/),
  ),
  redis,
  cache,
  ttls,
}

/** Every setting, however it is given. */
export const settingsSchema: v.GenericSchema = v.strictObject(settings)

const { environment: _, ...sectionSettings } = settings
const sections = ENVIRONMENTS.map((name) => [name, group(`Settings that hold in ${name} only.`, sectionSettings)])

/** A configuration file: the settings, and under `environments` those that hold in one environment only. */
export const fileSchema: v.GenericSchema = v.strictObject({
  $schema: setting('For editors; not read.', v.string('must be a text')),
  ...settings,
  environments: group(
    'Settings that hold in one environment only, and win over those beside them.',
    Object.fromEntries(sections),
  ),
})
