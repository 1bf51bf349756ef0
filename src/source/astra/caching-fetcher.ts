/**
 * The whole client, cached: a fetcher sees every command that the client sends, so cursors, `distinct`, `countDocuments` and
 * `db.command` are cached without knowing of it, and no write goes past the invalidations. Its answers are the text that
 * the database sent, so dates, ids, vectors and big numbers are revived by the client as ever.
 * It sees what this client sends, and nothing else: other writers are bounded by TTLs, or by invalidations of their own.
 */
import type { Fetcher, FetcherRequestInfo, FetcherResponseInfo } from '@datastax/astra-db-ts'

import { ConfigError } from '../../base/errors.ts'
import { collectionTag } from './astra-tags.ts'
import { callPolicy, mergePolicies, type CallPolicy } from './call-policy.ts'
import { commandKey, scopeOfHeaders } from './command-key.ts'
import { policyOf, policyOfOther, type CommandPolicy, type ReadKind } from './command-policy.ts'
import { readCommand, type DataApiCommand } from './data-api-command.ts'
import {
  resolveFetcherOptions,
  type AstraReadPolicy,
  type CachingFetcherOptions,
  type ResolvedFetcherOptions,
} from './options.ts'
import { runRead, withoutToken, type AstraRead } from './run-read.ts'
import { runWrite } from './run-write.ts'

/**
 * A fetcher for the client's `httpOptions: { client: 'custom', fetcher }`.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when an option cannot work
 */
export function createCachingFetcher(options: CachingFetcherOptions): Fetcher {
  const deps = resolveFetcherOptions(options)
  return {
    fetch: (info) => cachingFetch(deps, info),
    close: async () => deps.fetcher.close?.(),
  }
}

async function cachingFetch(deps: ResolvedFetcherOptions, info: FetcherRequestInfo): Promise<FetcherResponseInfo> {
  const call = callPolicy()
  if (call) checkCall(deps, call)
  const command = readCommand(info, deps.apiPath)
  if (command === undefined) return other(deps, info)
  const policy = policyOf(deps.alias, command)
  if (policy.kind === 'write') return runWrite(deps, info, policy.invalidates, command.name)
  const read = policy.kind === 'read' ? readThrough(deps, info, command, policy, call?.policy) : undefined
  return read === undefined ? deps.fetcher.fetch(withoutToken(info, command)) : runRead(deps, info, read)
}

function other(deps: ResolvedFetcherOptions, info: FetcherRequestInfo): Promise<FetcherResponseInfo> {
  const policy = policyOfOther(deps.alias, info.method)
  return policy.kind === 'write' ? runWrite(deps, info, policy.invalidates, info.method) : deps.fetcher.fetch(info)
}

/** How a read goes through the cache; undefined when it does not. */
function readThrough(
  deps: ResolvedFetcherOptions,
  { url, headers }: FetcherRequestInfo,
  command: DataApiCommand,
  { reads, tags }: Extract<CommandPolicy, { kind: 'read' }>,
  asked: AstraReadPolicy | undefined,
): AstraRead | undefined {
  if (!deps.cache.enabled()) return undefined
  const { keyspace = '', collection } = command
  const full = `${keyspace}.${collection}`
  if (collection !== undefined && deps.only && !deps.only.has(collection) && !deps.only.has(full)) return undefined
  const named = collection === undefined ? undefined : (deps.collections.get(full) ?? deps.collections.get(collection))
  const { bypass, ...policy } = mergePolicies(deps.reads, named, ofKind(deps, reads), asked)
  if (bypass) return undefined
  const { alias } = deps
  const scope = (deps.scope ?? scopeOfHeaders)(headers)
  return {
    key: commandKey({ alias, command, url, scope }),
    command,
    options: { source: alias, ...policy, tags: [...tags, ...(policy.tags ?? [])] },
    tableTags: collection === undefined ? [] : [collectionTag({ alias, keyspace, collection })],
  }
}

/** What the kind of a read says about its TTL, whatever its collection does. */
function ofKind({ search, schemaTtlMs }: ResolvedFetcherOptions, reads: ReadKind): AstraReadPolicy {
  if (reads === 'search') return search === undefined ? { bypass: true } : { ttl: search }
  if (reads === 'schema') return schemaTtlMs === 0 ? { bypass: true } : { ttl: schemaTtlMs }
  return {}
}

function checkCall({ cache }: ResolvedFetcherOptions, call: CallPolicy): void {
  call.heard()
  if (call.cache !== cache) {
    throw new ConfigError(
      'cachedCollection() must be given the cache that its client was made with: writes go by that one',
    )
  }
}
