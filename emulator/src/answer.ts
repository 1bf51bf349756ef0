/** From an HTTP request to the answer: path, method, token, content type, body, command, in this order. */
import type { IncomingMessage } from 'node:http'

import { MAX_BODY_BYTES, readBody } from './body.ts'
import type { CommandContext } from './command.ts'
import { execute } from './dispatch.ts'
import { describeError, type Reply } from './envelope.ts'
import { DataApiError } from './errors.ts'
import { parseJson, type Json } from './json.ts'
import { parseTarget } from './route.ts'

export interface AnswerDeps {
  /** A fresh context: what the next command may use. */
  readonly context: () => CommandContext
  /** The only token that is accepted; any when undefined. */
  readonly token: string | undefined
  readonly onCommand: (name: string) => void
}

export interface Answer {
  readonly status: number
  readonly type: 'application/json' | 'text/plain'
  readonly body: string
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
  const target = parseTarget((request.url ?? '').replace(/[?#].*$/s, ''))
  if (target === undefined) return plain(404, 'Nothing here: the commands are at /v1 and /api/json/v1')
  if (request.method !== 'POST') return plain(405, 'Every command is a POST')
  checkToken(request, deps.token)
  checkContentType(request)
  const body = await readBody(request)
  if (body.kind === 'too-large') return plain(413, `The body is larger than ${MAX_BODY_BYTES} bytes`)
  if (body.kind === 'not-utf-8') return plain(400, 'The body is not UTF-8')
  if (body.text.trim() === '') return plain(400, 'The body is empty')
  return json(execute(deps.context(), target, readPayload(body.text), deps.onCommand))
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

function json(reply: Reply, status = 200): Answer {
  return { status, type: 'application/json', body: JSON.stringify(reply) }
}

function plain(status: number, body: string): Answer {
  return { status, type: 'text/plain', body: `${body}\n` }
}
