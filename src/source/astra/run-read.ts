/**
 * A read through the cache. What is kept is the text that the database sent. An answer that is not whole (an error, a
 * warning, a find that is too long) is handed to everyone who waits for it and kept by nobody; an HTTP failure is a failed
 * load, which `staleIfError` may answer, and otherwise reaches the client as the answer it was.
 */
import type { FetcherRequestInfo, FetcherResponseInfo } from '@datastax/astra-db-ts'

import { LoadFailedError } from '../../base/errors.ts'
import type { GetOrSetOptions } from '../../cache/read-options.ts'
import { resolveTtl } from '../../cache/ttl.ts'
import type { LoadContext } from '../../cache/run-loader.ts'
import { capture, firstPage, pageOf, type Capture } from './capture.ts'
import type { DataApiCommand } from './data-api-command.ts'
import type { ResolvedFetcherOptions } from './options.ts'
import { askedPage, readPageToken, requestOfPage } from './page-token.ts'
import { documentsIn, isOfTable, isStorable } from './reply.ts'

export interface AstraRead {
  readonly key: string
  readonly command: DataApiCommand
  readonly options: GetOrSetOptions
  /** Tags that a table's rows carry in place of ids. */
  readonly tableTags: readonly string[]
}

/** An answer that is not kept. */
interface Passing {
  readonly passing: FetcherResponseInfo
}

/** The HTTP answer of a failed load. */
class RefusedRequest extends Error {
  readonly response: FetcherResponseInfo

  constructor(response: FetcherResponseInfo) {
    super(`The Data API answered HTTP ${response.status}`)
    this.response = response
  }
}

/** @throws the client's timeout error, OverloadedError, and whatever the fetcher throws */
export async function runRead(
  deps: ResolvedFetcherOptions,
  info: FetcherRequestInfo,
  read: AstraRead,
): Promise<FetcherResponseInfo> {
  const state = askedPage(read.command.body)
  if (state !== undefined) return laterPage(deps, info, read, state)
  try {
    const kept = await withinTimeout(deps, info, load(deps, info, read))
    return typeof kept === 'object' && 'passing' in kept ? kept.passing : answerOf(info.url, firstPage(kept))
  } catch (error) {
    if (error instanceof RefusedRequest) return error.response
    // Another process failed to load it. What it knows is a message; the client wants the database's own answer.
    if (error instanceof LoadFailedError) return deps.fetcher.fetch(info)
    throw error
  }
}

/** The rest of a scan: from the capture that the page before came from, else from the database. */
export async function laterPage(
  deps: Pick<ResolvedFetcherOptions, 'cache' | 'fetcher'>,
  info: FetcherRequestInfo,
  { key, command, options }: Pick<AstraRead, 'key' | 'command' | 'options'>,
  state: string,
): Promise<FetcherResponseInfo> {
  const token = readPageToken(state)
  if (token === undefined) return deps.fetcher.fetch(info)
  const { consistency } = options
  const kept = await deps.cache.get<Capture>(key, { ...(consistency && { consistency }) })
  const page = pageOf(kept, token)
  return page === undefined ? deps.fetcher.fetch(withoutToken(info, command)) : answerOf(info.url, page)
}

/** The same request, with the database's own page state in place of ours. */
export function withoutToken(info: FetcherRequestInfo, { name, body }: DataApiCommand): FetcherRequestInfo {
  const token = readPageToken(askedPage(body) ?? '')
  return token === undefined ? info : { ...info, body: requestOfPage(name, body, token.state) }
}

function load(deps: ResolvedFetcherOptions, info: FetcherRequestInfo, read: AstraRead): Promise<Capture | Passing> {
  let isPassing = false
  const { ttl = '1h', ...options } = read.options
  const policy = resolveTtl(ttl)
  const loader = async (context: LoadContext): Promise<Capture | Passing> => {
    const loaded = await ask(deps, info, read, context)
    isPassing = typeof loaded === 'object' && 'passing' in loaded
    return loaded
  }
  return deps.cache.getOrSet<Capture | Passing>(read.key, loader, {
    ...options,
    // Zero: shared with those who wait, and not kept.
    ttl: (cost) => (isPassing ? 0 : policy(cost)),
  })
}

async function ask(
  { fetcher, maxPages, loadTimeoutMs }: ResolvedFetcherOptions,
  info: FetcherRequestInfo,
  { command, tableTags }: AstraRead,
  context: LoadContext,
): Promise<Capture | Passing> {
  const send = (body = info.body): Promise<FetcherResponseInfo> =>
    fetcher.fetch({ ...info, body, timeout: Math.max(info.timeout, loadTimeoutMs) })
  const response = await send()
  // 401 comes with the errors of a command, which the client reads from its body.
  if (response.status >= 400 && response.status !== 401) throw new RefusedRequest(response)
  const { body } = response
  if (!body || !isStorable(response)) return { passing: response }
  const captured = await capture({ maxPages, ask: send }, command, body)
  if (captured === undefined) return { passing: response }
  if (isOfTable(body)) context.tag(...tableTags)
  const pages = typeof captured === 'string' ? [captured] : captured
  context.cost({ documents: pages.reduce((documents, page) => documents + documentsIn(page), 0) })
  return captured
}

/** The caller's own timeout, which ends its waiting and not the load. */
async function withinTimeout<T>(
  { clock }: ResolvedFetcherOptions,
  { timeout, mkTimeoutError }: FetcherRequestInfo,
  work: Promise<T>,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const cancel = clock.after(timeout, () => reject(mkTimeoutError()))
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

function answerOf(url: string, body: string): FetcherResponseInfo {
  const headers = { 'content-type': 'application/json' }
  return { url, status: 200, statusText: 'OK', httpVersion: 1, headers, body }
}
