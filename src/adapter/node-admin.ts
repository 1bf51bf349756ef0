/** The admin API between node:http and the web platform: a request becomes a Request, a Response is written as it comes. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'

import type { Admin } from '../admin/admin.ts'
import type { NodeRequest } from './request-origin.ts'

/** What is needed of a request besides what node:http has. */
interface Mounted {
  /** The path and the query, as the client sent them. */
  readonly url: string
  /** The path of the mount. */
  readonly basePath: string | undefined
  /** A body that the framework has read already. */
  readonly parsedBody?: unknown
}

/** Answers a request of node:http by the admin API. */
export async function answerByAdmin(
  admin: Admin,
  request: IncomingMessage,
  response: ServerResponse,
  mounted: Mounted,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const context = { remoteAddress: request.socket.remoteAddress, basePath: mounted.basePath }
  const answered = await admin.fetch(toRequest(request, mounted), context)
  await write(answered, response, gone.signal)
}

function toRequest(request: IncomingMessage & NodeRequest, { url, parsedBody }: Mounted): Request {
  const { method = 'GET', headers } = request
  const host = headers.host ?? 'localhost'
  const given = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    // Pseudo-headers of HTTP/2 are no headers.
    if (value === undefined || name.startsWith(':')) continue
    for (const one of typeof value === 'string' ? [value] : value) given.append(name, one)
  }
  // Relative to an origin of ours: what a client sends as `//elsewhere/` must not become one.
  const target = new URL(
    `http://${URL.canParse(`http://${host}`) ? host : 'localhost'}${url.startsWith('/') ? url : `/${url}`}`,
  )
  if (method === 'GET' || method === 'HEAD') return new Request(target, { method, headers: given })
  const body = bodyOf(request, parsedBody)
  return new Request(target, { method, headers: given, ...(body !== null && { body, duplex: 'half' }) })
}

function bodyOf(request: IncomingMessage, parsed: unknown): ReadableStream | string | null {
  if (!request.readableEnded && !request.complete) return Readable.toWeb(request) as ReadableStream
  if (parsed === undefined || parsed === null)
    return request.readableEnded ? null : (Readable.toWeb(request) as ReadableStream)
  return typeof parsed === 'string' ? parsed : JSON.stringify(parsed)
}

async function write(answered: Response, response: ServerResponse, gone: AbortSignal): Promise<void> {
  response.statusCode = answered.status
  for (const [name, value] of answered.headers) response.setHeader(name, value)
  if (!answered.body) {
    response.end()
    return
  }
  response.flushHeaders()
  const reader = answered.body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => undefined)
  gone.addEventListener('abort', cancel, { once: true })
  if (gone.aborted) cancel()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    // Nobody is told that there is room once the other end is gone.
    if (!response.write(value) && !gone.aborted) await roomIn(response, gone)
  }
  response.end()
}

function roomIn(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      gone.removeEventListener('abort', done)
      resolve()
    }
    response.once('drain', done)
    gone.addEventListener('abort', done, { once: true })
  })
}
