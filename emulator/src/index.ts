/**
 * An emulator of the Data API (the collections subset) over HTTP, for development and tests. It is not the service:
 * README.md says where it differs.
 */
import { administer, type Administered } from './admin.ts'
import { createFaults, type Fault } from './faults.ts'
import { checkLatency, drawLatency, type Latency } from './latency.ts'
import { startServer } from './server.ts'
import { openStore } from './store.ts'

export type { Fault, FaultKind } from './faults.ts'
export type { Latency } from './latency.ts'

export interface EmulatorOptions {
  /** @default '127.0.0.1' */
  readonly host?: string
  /** 0 takes a free one. @default 0 */
  readonly port?: number
  /** An SQLite file that keeps the data; without it, they are gone when the emulator closes. */
  readonly file?: string
  /** How long each answer is held back. @default 0 */
  readonly latencyMs?: Latency
  /** How many documents a page has. @default 50 */
  readonly pageSize?: number
  /** The only token that is accepted; without it, any is. */
  readonly token?: string
}

/** A running emulator. Whoever made it closes it. */
export interface Emulator extends AsyncDisposable {
  /** The endpoint for a client, such as `http://127.0.0.1:41234`. */
  readonly url: string
  /**
   * Sets the latency of the answers that are not yet on their way.
   *
   * @throws RangeError when it is negative or a range upside down
   */
  latency(next: Latency): void
  /**
   * Makes something go wrong with a command that is yet to come.
   *
   * @throws RangeError when it cannot happen
   */
  fault(fault: Fault): void
  /** How often each command was called since the start or the last reset: the load that a database would have had. */
  counts(): Readonly<Record<string, number>>
  resetCounts(): void
  /** Drops every collection, count and fault. */
  reset(): void
  /** Ends open connections; the clients see them break. */
  close(): Promise<void>
}

/**
 * Starts an emulator.
 *
 * @throws RangeError when an option cannot work
 * @throws the system's error when the port cannot be listened on
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, file, latencyMs = 0, pageSize = 50, token } = options
  if (!Number.isInteger(pageSize) || pageSize < 1)
    throw new RangeError(`pageSize must be a positive integer, got ${pageSize}`)
  let latency = checkLatency(latencyMs)
  const counts = new Map<string, number>()
  const store = openStore(file)
  const faults = createFaults()
  const knobs: Administered = {
    latency(next) {
      latency = checkLatency(next)
    },
    fault: (fault) => faults.add(fault),
    counts: () => Object.fromEntries(counts),
    resetCounts: () => counts.clear(),
    reset() {
      store.reset()
      counts.clear()
      faults.clear()
    },
  }
  const deps = {
    token,
    context: () => ({ store, pageSize, nowMs: Date.now() }),
    onCommand: (name: string) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    takeFault: (name: string) => faults.take(name),
    administer: (pathname: string, body: string) => administer(knobs, pathname, body),
    delayMs: () => drawLatency(latency, Math.random()),
  }
  const server = await startServer(deps, host, port).catch((error: unknown) => {
    store.close()
    throw error
  })
  let closed: Promise<void> | undefined
  const close = () => (closed ??= server.close().finally(() => store.close()))
  return {
    ...knobs,
    url: server.url,
    close,
    [Symbol.asyncDispose]: close,
  }
}
