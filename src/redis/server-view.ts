/**
 * What a person asks of the server itself: its INFO, its settings, its slow commands. Nothing that a cache does needs any of
 * it, so whatever the user's rights or the server keep back is undefined, and no failure but a lost connection is thrown. In
 * a cluster the node is asked that the client picks.
 */
import type { Send } from './connection.ts'
import { failureOf } from './failure.ts'
import { fieldsOfInfo } from './info.ts'
import type { ResolvedRedisOptions, ResolvedTarget } from './options.ts'
import { formatAddress } from './url.ts'

/** A command that was slow. Its arguments hold data, so only its name is kept. */
export interface SlowCommand {
  readonly id: number
  readonly atMs: number
  readonly durationMs: number
  readonly command: string
}

/** Where a Redis was said to be: no secret is among it. */
export interface Topology {
  readonly kind: 'standalone' | 'sentinel' | 'cluster'
  /** Servers, or sentinels, or some nodes of a cluster: as configured. */
  readonly addresses: readonly string[]
  readonly tls: boolean
  readonly maxConnections: number
  readonly user: string | null
  readonly hasPassword: boolean
}

export interface ServerView {
  readonly topology: Topology
  /** The fields of INFO. @throws StoreError when Redis is away */
  info(): Promise<ReadonlyMap<string, string> | undefined>
  /** Settings by a pattern of CONFIG GET. @throws StoreError when Redis is away */
  settings(pattern: string): Promise<ReadonlyMap<string, string> | undefined>
  /** The newest slow commands. @throws StoreError when Redis is away */
  slowCommands(limit: number): Promise<readonly SlowCommand[] | undefined>
  /** The server's clock in milliseconds since 1970. @throws StoreError when Redis is away */
  timeMs(): Promise<number | undefined>
}

export function createServerView(
  { target, tls, maxConnections, commandTimeoutMs }: ResolvedRedisOptions,
  send: Send,
): ServerView {
  return {
    topology: {
      kind: target.kind === 'socket' ? 'standalone' : target.kind,
      addresses: addressesOf(target),
      tls: tls !== undefined,
      maxConnections,
      user: target.username,
      hasPassword: target.password !== null,
    },
    async info() {
      const text = await allowed(send('INFO', commandTimeoutMs, (client) => client.info()))
      return text === undefined ? undefined : fieldsOfInfo(text)
    },
    async settings(pattern) {
      const flat = await allowed(send('CONFIG', commandTimeoutMs, (client) => client.config('GET', pattern)))
      return Array.isArray(flat) ? pairsOf(flat) : undefined
    },
    async slowCommands(limit) {
      const found = await allowed(send('SLOWLOG', commandTimeoutMs, (client) => client.slowlog('GET', limit)))
      return Array.isArray(found) ? found.map(slowCommand) : undefined
    },
    async timeMs() {
      const reply = await allowed(send('TIME', commandTimeoutMs, (client) => client.time()))
      return reply === undefined ? undefined : Number(reply[0]) * 1000 + Number(reply[1]) / 1000
    },
  }
}

function addressesOf(target: ResolvedTarget): readonly string[] {
  switch (target.kind) {
    case 'standalone':
      return [formatAddress(target)]
    case 'socket':
      return [target.path]
    case 'sentinel':
      return target.sentinels.map(formatAddress)
    case 'cluster':
      return target.nodes.map(formatAddress)
  }
}

/** Undefined where Redis answers that it will not. */
async function allowed<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'permission' || failure === 'reply') return undefined
    throw error
  }
}

function pairsOf(flat: readonly unknown[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(String(flat[at]), String(flat[at + 1]))
  return fields
}

function slowCommand(entry: unknown): SlowCommand {
  const [id, seconds, micros, words] = entry as readonly [number, number, number, readonly unknown[]]
  return { id, atMs: seconds * 1000, durationMs: micros / 1000, command: String(words[0] ?? '') }
}
