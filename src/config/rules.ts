/**
 * What must hold between settings, each rule a function of all of them. A setting that was refused by itself is absent
 * here, and a rule that needs it is silent.
 */
import { toMs, type Duration } from '../base/duration.ts'
import type { Environment } from './config.ts'
import type { Problem, Report } from './problems.ts'
import type { Expanded } from './redis-url.ts'
import type { Resolved } from './resolve-leaf.ts'

export interface Draft {
  readonly environment: Environment
  readonly values: ReadonlyMap<string, Resolved>
  readonly url: Expanded['url']
  /** The level of the profile, below all that a person wrote. */
  readonly profileLevel: number
}

type Rule = (draft: Draft) => readonly Problem[]

/** Reports every rule that `draft` breaks. */
export function reportBrokenRules(draft: Draft, report: Report): void {
  for (const problem of RULES.flatMap((rule) => rule(draft))) report(problem)
}

const RULES: readonly Rule[] = [
  certificatesAreCheckedInProd,
  plaintextIsSaidAloud,
  defaultHostsSpeakTls,
  sentinelIsComplete,
  clusterIsComplete,
  onlyOneWayToRedis,
  hostIsUsed,
  usersHavePasswords,
  readsEndBeforeCommands,
]

// --- encryption ---

function certificatesAreCheckedInProd(draft: Draft): readonly Problem[] {
  if (draft.environment !== 'prod') return []
  const advice =
    'name the authority that signed the certificate by redis.tls.ca, or the name it carries by redis.tls.servername'
  return isValue(draft, 'redis.tls.rejectUnauthorized', false)
    ? problem(draft, 'redis.tls.rejectUnauthorized', 'must be true in prod', advice)
    : []
}

function plaintextIsSaidAloud(draft: Draft): readonly Problem[] {
  const { url } = draft
  const path = 'redis.tls.enabled'
  if (url === undefined || url.target.kind === 'socket') return []
  if (url.target.tls && isValue(draft, path, false)) {
    return problem(draft, path, 'is false, while redis.url begins with rediss', 'write one of them')
  }
  if (url.target.tls || !isValue(draft, path, true)) return []
  const scheme = url.target.kind === 'sentinel' ? 'redis+sentinel://' : 'redis://'
  return [
    {
      path: 'redis.url',
      what: `has no TLS (${scheme}), while redis.tls.enabled is true by ${sourceOf(draft, path)}`,
      source: url.source,
      advice: `write ${scheme.replace('redis', 'rediss')}, or set redis.tls.enabled to false where the network is to be trusted`,
    },
  ]
}

function defaultHostsSpeakTls(draft: Draft): readonly Problem[] {
  if (draft.environment === 'dev' || !isValue(draft, 'redis.tls.enabled', false)) return []
  if (!isValue(draft, 'redis.socket', null) || isValue(draft, 'redis.cluster.enabled', true)) return []
  const address = isValue(draft, 'redis.sentinel.enabled', true) ? 'redis.sentinel.sentinels' : 'redis.host'
  return draft.values.get(address)?.level === draft.profileLevel
    ? problem(draft, 'redis.tls.enabled', `must be true for the hosts that the profile ${draft.environment} names`)
    : []
}

// --- ways to Redis ---

function sentinelIsComplete(draft: Draft): readonly Problem[] {
  if (!isValue(draft, 'redis.sentinel.enabled', true)) return []
  return [
    ...(isValue(draft, 'redis.sentinel.serviceName', null)
      ? problem(draft, 'redis.sentinel.serviceName', 'is needed with sentinels', 'set it, for example to mymaster')
      : []),
    ...(isEmptyList(draft, 'redis.sentinel.sentinels')
      ? problem(draft, 'redis.sentinel.sentinels', 'must name at least one sentinel')
      : []),
  ]
}

function clusterIsComplete(draft: Draft): readonly Problem[] {
  if (!isValue(draft, 'redis.cluster.enabled', true)) return []
  const db = draft.values.get('redis.db')
  return [
    ...(isEmptyList(draft, 'redis.cluster.nodes')
      ? problem(draft, 'redis.cluster.nodes', 'must name at least one node')
      : []),
    ...(db !== undefined && db.value !== 0
      ? problem(draft, 'redis.db', 'must be 0, the only database of a cluster')
      : []),
  ]
}

function onlyOneWayToRedis(draft: Draft): readonly Problem[] {
  const hasSocket = draft.values.has('redis.socket') && !isValue(draft, 'redis.socket', null)
  const isSentinel = isValue(draft, 'redis.sentinel.enabled', true)
  const isCluster = isValue(draft, 'redis.cluster.enabled', true)
  const advice = 'choose one of redis.socket, redis.sentinel.enabled and redis.cluster.enabled'
  return [
    ...(isSentinel && isCluster
      ? problem(
          draft,
          'redis.cluster.enabled',
          `is true, and so is redis.sentinel.enabled by ${sourceOf(draft, 'redis.sentinel.enabled')}`,
          advice,
        )
      : []),
    ...(hasSocket && (isSentinel || isCluster)
      ? problem(draft, 'redis.socket', 'is set beside sentinels or a cluster', advice)
      : []),
    ...(hasSocket && isValue(draft, 'redis.tls.enabled', true)
      ? problem(
          draft,
          'redis.socket',
          `has no TLS, while redis.tls.enabled is true by ${sourceOf(draft, 'redis.tls.enabled')}`,
          'set redis.tls.enabled to false',
        )
      : []),
  ]
}

/** A host written above the layer that turns sentinels on would be ignored, without a word, by whoever wrote it. */
function hostIsUsed(draft: Draft): readonly Problem[] {
  return ['redis.sentinel.enabled', 'redis.cluster.enabled'].flatMap((mode) => {
    const by = draft.values.get(mode)
    const host = draft.values.get('redis.host')
    if (by?.value !== true || host === undefined || host.level >= by.level) return []
    return problem(draft, 'redis.host', `has no effect while ${mode} is true by ${by.source}`, `set ${mode} to false`)
  })
}

// --- the rest ---

function usersHavePasswords(draft: Draft): readonly Problem[] {
  return ['redis', 'redis.sentinel'].flatMap((group) => {
    const username = draft.values.get(`${group}.username`)
    const isAlone = username !== undefined && username.value !== null && isValue(draft, `${group}.password`, null)
    return isAlone ? problem(draft, `${group}.username`, 'is set without a password', `set ${group}.password`) : []
  })
}

function readsEndBeforeCommands(draft: Draft): readonly Problem[] {
  const read = draft.values.get('redis.readTimeout')
  const command = draft.values.get('redis.commandTimeout')
  if (read === undefined || command === undefined) return []
  // Both have passed the schema's check, which is what makes them durations.
  const [readTimeout, commandTimeout] = [read.value as Duration, command.value as Duration]
  if (toMs(readTimeout) <= toMs(commandTimeout)) return []
  const most = `redis.commandTimeout, which is ${commandTimeout} by ${command.source}`
  return problem(draft, 'redis.readTimeout', `must be at most ${most}, got ${readTimeout}`)
}

function isValue(draft: Draft, path: string, value: unknown): boolean {
  return draft.values.get(path)?.value === value
}

function isEmptyList(draft: Draft, path: string): boolean {
  const found = draft.values.get(path)
  return Array.isArray(found?.value) && found.value.length === 0
}

function sourceOf(draft: Draft, path: string): string {
  return draft.values.get(path)?.source ?? 'default'
}

function problem(draft: Draft, path: string, what: string, advice?: string): readonly Problem[] {
  return [{ path, what, source: sourceOf(draft, path), advice }]
}
