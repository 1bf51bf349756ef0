/** Who asks. Nobody is let in by default. */
import { timingSafeEqual, createHash } from 'node:crypto'

import { ROLES, type Caller } from './contract/access.ts'
import type { RequestContext, ResolvedAdminOptions } from './options.ts'
import { isLoopback } from './origin.ts'

const LOCAL_CALLER: Caller = { user: 'local', role: 'admin' }
const METRICS_CALLER: Caller = { user: 'metrics', role: 'viewer' }

/** @throws what `authorize` throws */
export async function authenticate(
  { authorize }: ResolvedAdminOptions,
  request: Request,
  context: RequestContext,
): Promise<Caller | undefined> {
  if (authorize === 'loopback') return isLoopback(request, context.remoteAddress ?? '') ? LOCAL_CALLER : undefined
  const caller = await authorize(request, context)
  // A role that is misspelt is none.
  if (!caller || !ROLES.includes(caller.role) || typeof caller.user !== 'string' || caller.user === '') return undefined
  return { user: caller.user.replace(/\p{Cc}/gu, '\uFFFD').slice(0, 256), role: caller.role }
}

/** Whether a request may read /metrics without being logged in: from this machine, or with the token. */
export function scraper(
  { metricsToken }: ResolvedAdminOptions,
  request: Request,
  context: RequestContext,
): Caller | undefined {
  if (isLoopback(request, context.remoteAddress ?? '')) return METRICS_CALLER
  const [, token] = /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '') ?? []
  if (metricsToken === undefined || token === undefined) return undefined
  // Hashes are of one length, which is all that timingSafeEqual asks for.
  return timingSafeEqual(digest(token), digest(metricsToken)) ? METRICS_CALLER : undefined
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
