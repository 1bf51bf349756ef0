/*
 * A TCP proxy on loopback that behaves as badly as a network can.
 *
 * Everything a peer sends, its end included, passes through one queue per direction and connection, so nothing overtakes
 * anything: a delay holds each piece for its time, a pause holds them all. It knows nothing of Redis. What it cannot do is
 * lose a packet: TCP would send it again.
 */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

export interface TcpProxy extends AsyncDisposable {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Holds everything that arrives from now on for `ms` milliseconds, in both directions. */
  delay(ms: number): void
  /** Goes on accepting connections and taking data, and forwards nothing: a peer that is half-open. */
  pause(): void
  /** Forwards what a pause has held, then goes on as before. */
  resume(): void
  /** Resets every connection there is. */
  dropAll(): void
  /** Stops listening: whoever connects is refused. Connections there are go on. */
  refuse(): void
  /** Listens again, on the same port. */
  accept(): Promise<void>
  /** Of the next piece of data from the target, forwards only the first `bytes` and then ends that connection. */
  truncateNext(bytes: number): void
  /** How many clients are connected. */
  connections(): number
  close(): Promise<void>
}

export interface TcpProxyOptions {
  readonly target: { readonly host: string; readonly port: number }
}

interface Link {
  readonly client: Socket
  readonly upstream: Socket
}

interface Weather {
  delayMs: number
  /** Resolves when the current pause is over; at once without one. */
  clear: Promise<void>
  truncateTo: number | undefined
}

const host = '127.0.0.1'

/** Starts a proxy in front of `target`. */
export async function createTcpProxy({ target }: TcpProxyOptions): Promise<TcpProxy> {
  const links = new Set<Link>()
  const weather: Weather = { delayMs: 0, clear: Promise.resolve(), truncateTo: undefined }
  let endPause: (() => void) | undefined

  const onClient = (client: Socket) => {
    const link = { client, upstream: connect({ ...target, allowHalfOpen: true, noDelay: true }) }
    links.add(link)
    for (const socket of [client, link.upstream]) {
      socket.once('close', () => client.destroyed && link.upstream.destroyed && links.delete(link))
    }
    join(link, weather)
  }
  let server = await listen(0, onClient)
  const { port } = server.address() as AddressInfo

  const proxy: TcpProxy = {
    url: `redis://${host}:${port}`,
    host,
    port,
    delay(ms) {
      weather.delayMs = ms
    },
    pause() {
      if (endPause) return
      const pause = Promise.withResolvers<void>()
      weather.clear = pause.promise
      endPause = pause.resolve
    },
    resume() {
      endPause?.()
      endPause = undefined
    },
    dropAll: () => links.forEach(reset),
    refuse() {
      server.close()
    },
    async accept() {
      if (!server.listening) server = await listen(port, onClient)
    },
    truncateNext(bytes) {
      weather.truncateTo = bytes
    },
    connections: () => [...links].filter(({ client }) => !client.destroyed).length,
    async close() {
      const closed = server.listening ? once(server, 'close') : undefined
      server.close()
      proxy.dropAll()
      proxy.resume()
      await closed
    },
    [Symbol.asyncDispose]: () => proxy.close(),
  }
  return proxy
}

async function listen(port: number, onClient: (client: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onClient)
  server.listen(port, host)
  await once(server, 'listening')
  return server
}

/** Carries both directions of a connection. */
function join(link: Link, weather: Weather): void {
  const { client, upstream } = link
  carry(client, weather, {
    data: (chunk) => upstream.writable && upstream.write(chunk),
    end: () => upstream.end(),
    lost: () => reset(link),
  })
  carry(upstream, weather, {
    data(chunk) {
      // Truncated or reset while this piece was queued.
      if (!client.writable) return
      const bytes = weather.truncateTo
      weather.truncateTo = undefined
      client.write(chunk.subarray(0, bytes))
      if (bytes === undefined) return
      client.destroySoon()
      upstream.destroy()
    },
    end: () => client.end(),
    lost: () => reset(link),
  })
}

interface Delivery {
  data(chunk: Buffer): void
  end(): void
  lost(): void
}

/** Queues what `source` sends, and delivers each piece when its time has come and no pause is on. */
function carry(source: Socket, weather: Weather, deliver: Delivery): void {
  let queue = Promise.resolve()
  const later = (work: () => void) => {
    const dueMs = performance.now() + weather.delayMs
    queue = queue.then(async () => {
      const earlyMs = dueMs - performance.now()
      if (earlyMs > 0) await wait(earlyMs, undefined, { ref: false })
      await weather.clear
      work()
    })
  }
  source.on('data', (chunk: Buffer) => later(() => deliver.data(chunk)))
  source.on('end', () => later(() => deliver.end()))
  // A reset here becomes one there; without it the other side would wait for ever.
  source.on('error', () => later(() => deliver.lost()))
}

function reset({ client, upstream }: Link): void {
  client.resetAndDestroy()
  upstream.resetAndDestroy()
}
