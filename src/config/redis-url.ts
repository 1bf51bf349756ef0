/**
 * A URL is the same as writing its parts: it is replaced, in the layer that gives it, by the settings it names. It always
 * names where Redis is, by one way of the three, and the database; who logs in only if it says so; TLS only by `rediss`,
 * since `redis://` must never turn encryption off without a word.
 */
import { ConfigError } from '../base/errors.ts'
import { parseRedisUrl, type RedisTarget } from '../redis/url.ts'
import { valueLayer, type Layer } from './layers.ts'
import { leaves } from './leaves.ts'
import { PASSWORD_VARIABLE } from './profiles.ts'
import type { Report } from './problems.ts'
import { resolveLeaf } from './resolve-leaf.ts'
import type { Variables } from './variables.ts'

export interface Expanded {
  readonly layers: readonly Layer[]
  /** The URL that holds, if there is one that can be read. */
  readonly url?: { readonly target: RedisTarget; readonly source: string }
}

const ADDRESS = /^redis\.(socket|host|port|db|sentinel\..*|cluster\..*)$/

/** `layers` with the URL that wins among them replaced by its parts. The last layer is the profile. */
export function expandUrl(layers: readonly Layer[], variables: Variables, report: Report): Expanded {
  const level = layers.findIndex((layer) => layer.has('redis.url'))
  const leaf = leaves.find(({ path }) => path === 'redis.url')
  const own = layers[level]
  if (own === undefined || leaf === undefined) return { layers }

  const found = resolveLeaf(leaf, layers, variables, report)
  const target = found === undefined ? undefined : parse(String(found.value), found.source, report)
  if (found === undefined || target === undefined) return { layers: withOptionalPassword(layers, variables) }

  const parts = valueLayer(partsOf(target), found.source)
  for (const [path, { source }] of own) {
    const isTwice = ADDRESS.test(path) || (isCredential(path) && parts.has(path))
    if (isTwice)
      report({ path, what: 'is written beside redis.url, which names it too', source, advice: 'write one of them' })
  }
  const expanded = layers.with(level, new Map([...parts, ...own]))
  return { layers: withOptionalPassword(expanded, variables), url: { target, source: found.source } }
}

function isCredential(path: string): boolean {
  return path === 'redis.username' || path === 'redis.password'
}

function parse(url: string, source: string, report: Report): RedisTarget | undefined {
  try {
    return parseRedisUrl(url)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    report({ path: 'redis.url', what: error.message, source })
    return undefined
  }
}

/** A Redis other than the profile's may have no password: then the profile's variable is used if it is set. */
function withOptionalPassword(layers: readonly Layer[], variables: Variables): readonly Layer[] {
  const profile = layers.at(-1) ?? new Map()
  if (variables.read(PASSWORD_VARIABLE) !== undefined) return layers
  const source = profile.get('redis.password')?.source ?? 'default'
  return layers.with(layers.length - 1, new Map([...profile, ...valueLayer({ 'redis.password': null }, source)]))
}

function partsOf(target: RedisTarget): Readonly<Record<string, unknown>> {
  const { username, password, db } = target
  return {
    'redis.socket': target.kind === 'socket' ? target.path : null,
    'redis.db': db,
    ...(password === null ? {} : { 'redis.username': username, 'redis.password': password }),
    ...(target.kind === 'standalone' ? { 'redis.host': target.host, 'redis.port': target.port } : {}),
    ...(target.tls ? { 'redis.tls.enabled': true } : {}),
    ...(target.kind === 'socket' ? { 'redis.tls.enabled': false } : {}),
    ...sentinelPartsOf(target),
    'redis.cluster.enabled': false,
  }
}

function sentinelPartsOf(target: RedisTarget): Readonly<Record<string, unknown>> {
  if (target.kind !== 'sentinel') return { 'redis.sentinel.enabled': false }
  const { serviceName, sentinels, sentinelCredentials } = target
  return {
    'redis.sentinel.enabled': true,
    'redis.sentinel.serviceName': serviceName,
    'redis.sentinel.sentinels': sentinels,
    ...(sentinelCredentials.password === null
      ? {}
      : {
          'redis.sentinel.username': sentinelCredentials.username,
          'redis.sentinel.password': sentinelCredentials.password,
        }),
  }
}
