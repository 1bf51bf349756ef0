/**
 * The way of every request: who asks, what they ask, whether they may, and only then its handler. The order matters: nothing
 * is told to whoever is not logged in, not even which routes there are; and a change that is refused is in the audit trail.
 */
import { isHoldfastError } from '../base/errors.ts'
import { clientAddress } from '../session/client-address.ts'
import { answer, json, problemAnswer } from './answer.ts'
import { authenticate, scraper } from './authenticate.ts'
import { readBody, readQuery } from './body.ts'
import { allows, type Caller, type Permission } from './contract/access.ts'
import type { RouteShape } from './contract/route.ts'
import { ROUTES, type RouteName } from './contract/table.ts'
import type { AdminDeps, AuditNote, Handler } from './deps.ts'
import type { Limiter } from './limits.ts'
import { match, type Matched } from './match.ts'
import { hostOf, isSameOrigin } from './origin.ts'
import type { RequestContext } from './options.ts'
import { Problem } from './problem.ts'

export interface HandleDeps extends AdminDeps {
  readonly handlers: Readonly<Record<RouteName, Handler>>
  readonly changes: Limiter
  readonly strangers: Limiter
}

/** Answers any request. Never throws: what goes wrong unforeseen is told to `onError` and answered with 500. */
export async function handle(deps: HandleDeps, request: Request, context: RequestContext): Promise<Response> {
  const response = await answered(deps, request, context)
  return request.method === 'HEAD' ? new Response(null, response) : response
}

async function answered(deps: HandleDeps, request: Request, context: RequestContext): Promise<Response> {
  const { options } = deps
  try {
    const url = new URL(request.url)
    const base = options.basePath === undefined || options.basePath === 'auto' ? context.basePath : options.basePath
    const matched = match(request.method, url.pathname, base)
    const caller = await callerOf(deps, matched, request, context)
    if (!caller) {
      await auditStranger(deps, matched, request, context)
      throw new Problem('unauthenticated', 'Nobody is logged in', {
        headers: options.challenge === undefined ? {} : { 'www-authenticate': options.challenge },
      })
    }
    return await route(deps, { matched, caller, request, url, context })
  } catch (error) {
    return problemAnswer(toProblem(error, options.onError))
  }
}

interface Arrived {
  readonly matched: Matched
  readonly caller: Caller
  readonly request: Request
  readonly url: URL
  readonly context: RequestContext
}

async function route(deps: HandleDeps, arrived: Arrived): Promise<Response> {
  const { matched } = arrived
  switch (matched.state) {
    case 'none':
      throw new Problem('not-found', 'There is no such route')
    case 'to-slash':
      return answer(null, 308, { location: matched.location })
    case 'other-method':
      throw new Problem('method-not-allowed', `This route takes ${matched.allow.join(' and ')}`, {
        headers: { allow: matched.allow.join(', ') },
      })
    case 'route': {
      const shape = ROUTES[matched.name]
      return shape.audited === undefined
        ? run(deps, arrived, matched, () => undefined)
        : audited(deps, arrived, matched, shape)
    }
  }
}

type MatchedRoute = Extract<Matched, { state: 'route' }>

async function run(
  deps: HandleDeps,
  { caller, request, url }: Arrived,
  { name, params }: MatchedRoute,
  note: (note: AuditNote) => void,
): Promise<Response> {
  const shape = ROUTES[name]
  admit(deps, shape, caller, request)
  checkEnvironment(deps, url.searchParams.get('environment') ?? undefined)
  const query = readQuery(url, shape.query)
  const body = shape.body && (await readBody(request, shape.body))
  if (hasEnvironment(body)) checkEnvironment(deps, body.environment)
  const handled = await deps.handlers[name](deps, { caller, params, query, body, raw: request, note })
  return handled instanceof Response ? handled : json(handled, shape.status)
}

/** @throws Problem unless this caller may have this route by such a request */
function admit({ options, changes }: HandleDeps, shape: RouteShape, caller: Caller, request: Request): void {
  const isChange = shape.method !== 'GET'
  if (isChange && !isSameOrigin(request))
    throw new Problem('cross-site', 'A change must come from a page of this origin: Sec-Fetch-Site: same-origin')
  if (shape.hiddenBy !== undefined && options.hide.includes(shape.hiddenBy))
    throw new Problem('hidden', `This deployment does not show its ${shape.hiddenBy}`)
  if (isChange && options.readOnly) throw new Problem('read-only', 'This deployment is read-only')
  if (isPermission(shape.access)) requirePermission(caller, shape.access)
  if (!isChange) return
  const waitMs = changes.take(caller.user)
  if (waitMs > 0) {
    throw new Problem('rate-limited', `More than ${options.changesPerMinute} changes in a minute`, {
      headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) },
    })
  }
}

/** @throws Problem */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (!allows(caller.role, permission))
    throw new Problem('forbidden', `The role ${caller.role} may not: it lacks the permission ${permission}`)
}

function isPermission(access: RouteShape['access']): access is Permission {
  return access !== 'anyone-authenticated' && access !== 'metrics' && access !== 'page'
}

function hasEnvironment(body: unknown): body is { readonly environment: string } {
  return typeof body === 'object' && body !== null && 'environment' in body && typeof body.environment === 'string'
}

function checkEnvironment({ options }: AdminDeps, named: string | undefined): void {
  const { label } = options.environment
  if (named !== undefined && named !== label)
    throw new Problem('other-environment', `This deployment manages ${label} and no other environment, not ${named}`)
}

async function callerOf(
  { options }: AdminDeps,
  matched: Matched,
  request: Request,
  context: RequestContext,
): Promise<Caller | undefined> {
  const isScrape = matched.state === 'route' && ROUTES[matched.name].access === 'metrics'
  return (isScrape ? scraper(options, request, context) : undefined) ?? (await authenticate(options, request, context))
}

// --- the audit trail ---

async function audited(
  deps: HandleDeps,
  arrived: Arrived,
  matched: MatchedRoute,
  shape: RouteShape,
): Promise<Response> {
  let noted: AuditNote = {}
  const note = (more: AuditNote): void => {
    noted = { ...noted, ...more }
  }
  try {
    const response = await run(deps, arrived, matched, note)
    await auditRow(deps, arrived, shape, noted, { result: noted.result ?? 'done', code: null })
    return response
  } catch (error) {
    const problem = toProblem(error, deps.options.onError)
    const result = problem.status >= 500 ? 'failed' : 'refused'
    // A flood of refusals must not wash the trail away.
    if (problem.problem !== 'rate-limited' || deps.strangers.take(arrived.caller.user) === 0)
      await auditRow(deps, arrived, shape, noted, { result, code: problem.problem })
    return problemAnswer(problem)
  }
}

async function auditRow(
  { audit, clock, options }: HandleDeps,
  { caller, request, context }: Pick<Arrived, 'caller' | 'request' | 'context'>,
  shape: RouteShape,
  { targets = [], reason = '', count, dryRun = false }: AuditNote,
  end: { readonly result: 'done' | 'queued' | 'refused' | 'failed'; readonly code: string | null },
): Promise<void> {
  if (shape.audited === undefined) return
  const forwardedFor = request.headers.get('x-forwarded-for') ?? undefined
  await audit.add({
    atMs: clock.wallMs(),
    user: caller.user,
    role: caller.role,
    from: clientAddress({ remoteAddress: context.remoteAddress, forwardedFor }, options.trustedProxies),
    action: shape.audited,
    targets,
    reason,
    count: count ?? null,
    dryRun,
    environment: options.environment.label,
    ...end,
  })
}

/** Somebody who is not logged in tried to change something: a few of those a minute, since anybody can. */
async function auditStranger(
  deps: HandleDeps,
  matched: Matched,
  request: Request,
  context: RequestContext,
): Promise<void> {
  if (matched.state !== 'route' || ROUTES[matched.name].audited === undefined || deps.strangers.take('') > 0) return
  const caller = { user: '', role: 'viewer' } as const
  const end = { result: 'refused', code: 'unauthenticated' } as const
  await auditRow(deps, { caller, request, context }, ROUTES[matched.name], { targets: [hostOf(request)] }, end)
}

// --- what went wrong ---

function toProblem(error: unknown, onError: (error: unknown) => void): Problem {
  if (error instanceof Problem) return error
  if (isHoldfastError(error)) {
    switch (error.code) {
      case 'ERR_HOLDFAST_KEY':
      case 'ERR_HOLDFAST_SESSION_INVALID':
        return new Problem('bad-request', error.message)
      case 'ERR_HOLDFAST_STORE':
      case 'ERR_HOLDFAST_STORE_TIMEOUT':
      case 'ERR_HOLDFAST_CIRCUIT_OPEN':
      case 'ERR_HOLDFAST_SESSION_UNAVAILABLE':
        return new Problem('redis-unavailable', error.message)
      default:
    }
  }
  onError(error)
  return new Problem('internal-error', 'Something went wrong here: the log of the service says what')
}
