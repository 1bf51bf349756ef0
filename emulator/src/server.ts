import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import { answer, type AnswerDeps } from './answer.ts'

const SERVER_NAME = 'data-api-emulator (collections subset)'

export interface ServerDeps extends Omit<AnswerDeps, 'pause'> {
  /** How long to hold back the next answer, in milliseconds. */
  readonly delayMs: () => number
}

export interface HttpServer {
  readonly url: string
  /** Ends open connections, answered or not. */
  close(): Promise<void>
}

/** @throws the error of `listen`, such as EADDRINUSE */
export async function startServer(deps: ServerDeps, host: string, port: number): Promise<HttpServer> {
  const closing = new AbortController()
  const pause = (delayMs: number) => delay(delayMs, undefined, { signal: closing.signal })
  const server = createServer((request, response) => void respond({ ...deps, pause }, request, response))
  server.listen(port, host)
  await once(server, 'listening')
  const { address, port: bound } = server.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${bound}`,
    close: () => closeServer(server, closing),
  }
}

async function closeServer(server: Server, closing: AbortController): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  closing.abort()
  await closed
}

/**
 * The command is carried out at once and its answer held back. So a slow read answers with what was true a while ago,
 * and a write that the client gives up on was applied: what a cache has to be ready for.
 */
async function respond(
  deps: ServerDeps & AnswerDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { status, type, body, delivery } = await answer(deps, request)
    const delayMs = deps.delayMs()
    if (delayMs > 0) await deps.pause(delayMs)
    if (delivery?.kind === 'reset') {
      request.socket.destroy()
      return
    }
    const bytes = Buffer.from(body)
    response.writeHead(status, {
      server: SERVER_NAME,
      'content-type': `${type}; charset=utf-8`,
      'content-length': bytes.length,
      ...(status === 405 && { allow: 'POST' }),
    })
    if (delivery) {
      response.write(bytes.subarray(0, bytes.length / 2))
      await deps.pause(delivery.delayMs)
    }
    response.end(delivery ? bytes.subarray(bytes.length / 2) : bytes)
  } catch {
    // Only while the server closes, or when the client has gone: there is nobody to tell.
    response.destroy()
  }
}
