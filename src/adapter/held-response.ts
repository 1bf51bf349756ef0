/**
 * A response of node:http whose first byte waits for the session. Handlers write when and how they like; when that would
 * begin the response and the session has something to write, their calls are kept, the session is committed, its headers
 * are added, and the calls are made. With nothing to write, nothing is kept and nothing waits.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

import type { Session } from '../session/session.ts'

type Method = 'writeHead' | 'write' | 'end' | 'flushHeaders'
type Original = (...args: readonly unknown[]) => unknown
type State =
  | { readonly name: 'open' }
  | { readonly name: 'holding'; readonly calls: (() => void)[] }
  | { readonly name: 'passing' }

/** What a response needs of its session. */
type Pending = Pick<Session, 'settled' | 'commit'>

interface Held {
  readonly response: ServerResponse
  readonly session: Pending
  readonly onFailure: (error: unknown) => void
  state: State
}

const OPEN: State = { name: 'open' }
const PASSING: State = { name: 'passing' }
const HELD: unique symbol = Symbol('holdfast held response')

/** A response that keeps calls. */
interface KeptResponse extends ServerResponse {
  [HELD]?: Held
}

/**
 * One for all, and left where it is: a getter for each would make each response a kind of object of its own, and so would
 * taking it away, which V8 is slow with.
 */
const BEGUN: PropertyDescriptor = {
  configurable: true,
  get(this: KeptResponse): boolean {
    return this[HELD]?.state.name === 'holding' || sentByItself(this)
  },
}
/** What described the body that is not sent after all. */
const OF_THE_BODY = ['content-length', 'content-type', 'content-encoding', 'etag', 'last-modified', 'cache-control']

/** @param onFailure answers instead, when the session cannot be written: nothing has been sent then */
export function holdResponse(response: ServerResponse, session: Pending, onFailure: (error: unknown) => void): void {
  const held: Held = { response, session, onFailure, state: OPEN }
  // Assigned, each by its name: a property that is defined makes every further one of the response slow.
  response.writeHead = over(held, 'writeHead')
  response.write = over(held, 'write')
  response.end = over(held, 'end')
  response.flushHeaders = over(held, 'flushHeaders')
}

/** What takes the place of a method, and calls it once the session has nothing to write. */
function over<M extends Method>(held: Held, method: M): ServerResponse[M] {
  const original = held.response[method] as Original
  const call = (...args: readonly unknown[]): unknown => {
    if (held.state === OPEN && held.session.settled) held.state = PASSING
    return held.state === PASSING ? Reflect.apply(original, held.response, args) : keep(held, method, original, args)
  }
  return call as ServerResponse[M]
}

/** What the response would say of itself; its class may be that of HTTP/2. */
function sentByItself(response: ServerResponse): boolean {
  return Boolean(Reflect.get(Object.getPrototypeOf(response) as object, 'headersSent', response))
}

function keep(held: Held, method: Method, original: Original, args: readonly unknown[]): unknown {
  const response: KeptResponse = held.response
  if (held.state.name === 'open') {
    held.state = { name: 'holding', calls: [] }
    // To the handler it has begun: an error handler that finds it so must not begin another.
    response[HELD] = held
    Object.defineProperty(response, 'headersSent', BEGUN)
    void commit(held, held.state.calls)
  }
  const rest = method === 'writeHead' ? withoutHeaders(response, args) : args
  if (held.state.name === 'holding') held.state.calls.push(() => void Reflect.apply(original, response, rest))
  return method !== 'write' && response
}

async function commit(held: Held, calls: readonly (() => void)[]): Promise<void> {
  const { response, session, onFailure } = held
  try {
    addHeaders(response, (await session.commit()).headers)
  } catch (error) {
    held.state = PASSING
    for (const name of OF_THE_BODY) response.removeHeader(name)
    onFailure(error)
    return
  }
  held.state = PASSING
  for (const call of calls) call()
  // Whoever was told to wait by write() would wait for ever.
  if (!response.writableEnded && !response.writableNeedDrain) response.emit('drain')
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
