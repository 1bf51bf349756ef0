/**
 * A response of node:http whose first byte waits for the session. Handlers write when and how they like; when that would
 * begin the response and the session has something to write, their calls are kept, the session is committed, its headers
 * are added, and the calls are made. With nothing to write, nothing is kept and nothing waits.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

import type { Session } from '../session/session.ts'

type Method = 'writeHead' | 'write' | 'end' | 'flushHeaders'
type State =
  | { readonly name: 'open' }
  | { readonly name: 'holding'; readonly calls: (() => void)[] }
  | { readonly name: 'passing' }

const OPEN: State = { name: 'open' }
const PASSING: State = { name: 'passing' }
const METHODS: readonly Method[] = ['writeHead', 'write', 'end', 'flushHeaders']
/** What described the body that is not sent after all. */
const OF_THE_BODY = ['content-length', 'content-type', 'content-encoding', 'etag', 'last-modified', 'cache-control']

/** @param onFailure answers instead, when the session cannot be written: nothing has been sent then */
export function holdResponse(response: ServerResponse, session: Session, onFailure: (error: unknown) => void): void {
  let state: State = OPEN

  const pass = (): void => {
    state = PASSING
    Reflect.deleteProperty(response, 'headersSent')
  }
  const commit = async (calls: readonly (() => void)[]): Promise<void> => {
    try {
      addHeaders(response, (await session.commit()).headers)
    } catch (error) {
      pass()
      for (const name of OF_THE_BODY) response.removeHeader(name)
      onFailure(error)
      return
    }
    pass()
    for (const call of calls) call()
    // Whoever was told to wait by write() would wait for ever.
    if (!response.writableEnded && !response.writableNeedDrain) response.emit('drain')
  }

  for (const method of METHODS) {
    const original = response[method] as (...args: readonly unknown[]) => unknown
    const held = (...args: readonly unknown[]): unknown => {
      if (state.name === 'open' && session.settled) state = PASSING
      if (state.name === 'passing') return Reflect.apply(original, response, args)
      if (state.name === 'open') {
        state = { name: 'holding', calls: [] }
        // To the handler it has begun: an error handler that finds it so must not begin another.
        Object.defineProperty(response, 'headersSent', { configurable: true, get: () => true })
        void commit(state.calls)
      }
      const rest = method === 'writeHead' ? withoutHeaders(response, args) : args
      state.calls.push(() => void Reflect.apply(original, response, rest))
      return method !== 'write' && response
    }
    // Assigned, as middleware does: a property that is defined makes every further one of the response slow.
    Object.assign(response, { [method]: held })
  }
}

/** Adds the headers of a session to those that a handler has set. */
function addHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'set-cookie' || name === 'vary') response.appendHeader(name, value)
    else response.setHeader(name, value)
  }
}

/** Headers given to writeHead() would replace those of the session, so they are set before. */
function withoutHeaders(response: ServerResponse, args: readonly unknown[]): readonly unknown[] {
  const headers = args.at(-1)
  if (typeof headers !== 'object' || headers === null) return args
  const pairs: readonly (readonly [string, unknown])[] = Array.isArray(headers)
    ? pairsOf(headers)
    : Object.entries(headers as OutgoingHttpHeaders)
  for (const [name, value] of pairs) {
    if (value !== undefined) response.setHeader(name, value as string | number | readonly string[])
  }
  return args.slice(0, -1)
}

function pairsOf(flat: readonly unknown[]): readonly (readonly [string, unknown])[] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[String(name), flat[at + 1]] as const] : []))
}
