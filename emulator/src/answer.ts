/** From an HTTP request to the answer: path, method, token, content type, body, command, in this order. */
import type { IncomingMessage } from 'node:http'

import { MAX_BODY_BYTES, readBody } from './body.ts'
import type { CommandContext } from './command.ts'
import { execute } from './dispatch.ts'
import { describeError, type Reply } from './envelope.ts'
import { DataApiError } from './errors.ts'
import type { FaultKind } from './faults.ts'
import { isObject, parseJson, type Json } from './json.ts'
import { parseTarget } from './route.ts'

export interface AnswerDeps {
  /** A fresh context: what the next command may use. */
  readonly context: () => CommandContext
  /** The only token that is accepted; any when undefined. */
  readonly token: string | undefined
  readonly onCommand: (name: string) => void
  /** What goes wrong with the next command of this name. */
  readonly takeFault: (name: string) => FaultKind | undefined
  readonly administer: (pathname: string, body: string) => object | undefined
  /** Waits so many milliseconds. */
  readonly pause: (delayMs: number) => Promise<void>
}

export interface Answer {
  readonly status: number
  readonly type: 'application/json' | 'text/plain'
  readonly body: string
  /** How it is sent; whole when it does not say. */
  readonly delivery?: Extract<FaultKind, { kind: 'reset' | 'slow-body' }>
}

export async function answer(deps: AnswerDeps, request: IncomingMessage): Promise<Answer> {
  try {
    return await carryOut(deps, request)
  } catch (thrown) {
    const error = thrown instanceof DataApiError ? thrown : internalError(thrown)
    return json({ errors: [describeError(error)] }, error.kind.status)
  }
}

async function carryOut(deps: AnswerDeps, request: IncomingMessage): Promise<Answer> {
  const pathname = (request.url ?? '').replace(/[?#].*$/s, '')
  if (pathname.startsWith('/__admin/')) return administered(deps, pathname, request)
  const target = parseTarget(pathname)
  if (target === undefined) return plain(404, 'Nothing here: the commands are at /v1 and /api/json/v1')
  if (request.method !== 'POST') return plain(405, 'Every command is a POST')
  checkToken(request, deps.token)
  checkContentType(request)
  const body = await readBody(request)
  if (body.kind === 'too-large') return plain(413, `The body is larger than ${MAX_BODY_BYTES} bytes`)
  if (body.kind === 'not-utf-8') return plain(400, 'The body is not UTF-8')
  if (body.text.trim() === '') return plain(400, 'The body is empty')
  const payload = readPayload(body.text)
  const run = (): Answer => json(execute(deps.context(), target, payload, deps.onCommand))
  const fault = deps.takeFault(Object.keys(isObject(payload) ? payload : {})[0] ?? '')
  return fault === undefined ? run() : withFault(deps, fault, run)
}

async function withFault({ pause }: AnswerDeps, fault: FaultKind, run: () => Answer): Promise<Answer> {
  switch (fault.kind) {
    case 'late':
      await pause(fault.delayMs)
      return run()
    case 'slow-body':
      return { ...run(), delivery: fault }
    case 'status':
      if (fault.isApplied) run()
      return plain(fault.status, `This is what the test asked for: ${fault.status}`)
    case 'reset':
      if (fault.isApplied) run()
      return { ...plain(500, ''), delivery: fault }
  }
}

async function administered({ administer }: AnswerDeps, pathname: string, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'POST') return plain(405, 'Every verb is a POST')
  const body = await readBody(request)
  try {
    const done = administer(pathname, body.kind === 'text' ? body.text : '')
    return done === undefined ? plain(404, 'No such verb') : json(done)
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof SyntaxError)) throw error
    return plain(400, error.message)
  }
}

function checkToken({ headers }: IncomingMessage, expected: string | undefined): void {
  const token = headers['token'] || headers['x-cassandra-token']
  if (token === undefined || token === '') {
    throw new DataApiError(
      'MISSING_AUTHENTICATION_TOKEN',
      "Role unauthorized for operation: Missing token, expecting one in the 'Token' header.",
    )
  }
  if (expected !== undefined && token !== expected) {
    throw new DataApiError('UNAUTHENTICATED_REQUEST', 'Authentication failed for request due to invalid token.')
  }
}

function checkContentType({ headers }: IncomingMessage): void {
  const type = headers['content-type'] ?? ''
  if (/^application\/json\s*(?:;|$)/i.test(type)) return
  throw new DataApiError(
    'UNSUPPORTED_CONTENT_TYPE',
    `Request sent with unsupported 'Content-Type' header: '${type}', only 'application/json' accepted.`,
  )
}

function readPayload(text: string): Json {
  try {
    return parseJson(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DataApiError('REQUEST_NOT_JSON', `Request not valid JSON, problem: ${reason}.`, { cause })
  }
}

function internalError(thrown: unknown): DataApiError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new DataApiError('INTERNAL_SERVER_ERROR', `An unexpected internal server error occurred: ${reason}.`, {
    cause: thrown,
  })
}

function json(reply: Reply | object, status = 200): Answer {
  return { status, type: 'application/json', body: JSON.stringify(reply) }
}

function plain(status: number, body: string): Answer {
  return { status, type: 'text/plain', body: `${body}\n` }
}
