/*
 * Commands to one server, past everything under test: a connection of its own that waits, retries and hides nothing.
 */
import { Redis as Client } from 'ioredis'

export interface Admin {
  /** Sends one command; rejects with what the server answers, or after its time. */
  call(...command: readonly (string | number)[]): Promise<unknown>
  /** A section of INFO as its fields. */
  info(section: string): Promise<ReadonlyMap<string, string>>
  /** How often the server was asked this command, by INFO commandstats. */
  calls(command: string): Promise<number>
  close(): void
}

export interface AdminOptions {
  readonly username?: string
  readonly password?: string
  /** @default 2000 */
  readonly timeoutMs?: number
}

export function redisAdmin(port: number, { username, password, timeoutMs = 2000 }: AdminOptions = {}): Admin {
  const client = new Client({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: () => null,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    enableReadyCheck: false,
    protocol: 2,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  })
  // Each call tells what went wrong.
  client.on('error', () => undefined)
  const call: Admin['call'] = (name, ...args) => client.call(String(name), args)
  const info: Admin['info'] = async (section) => fieldsOf(String(await call('INFO', section)))
  return {
    call,
    info,
    async calls(command) {
      const stats = await info('commandstats')
      return Number(/^calls=(\d+)/.exec(stats.get(`cmdstat_${command.toLowerCase()}`) ?? '')?.[1] ?? 0)
    },
    close: () => client.disconnect(),
  }
}

/** One command on a connection that ends with it. */
export function askRedis(port: number, ...command: readonly (string | number)[]): Promise<unknown> {
  return once(port, {}, command)
}

/** The same for a server that may be frozen: gives up soon. */
export function askBriefly(port: number, ...command: readonly (string | number)[]): Promise<unknown> {
  return once(port, { timeoutMs: 300 }, command)
}

async function once(port: number, options: AdminOptions, command: readonly (string | number)[]): Promise<unknown> {
  const admin = redisAdmin(port, options)
  try {
    return await admin.call(...command)
  } finally {
    admin.close()
  }
}

export function fieldsOf(info: string): ReadonlyMap<string, string> {
  const pairs = info.split(/\r?\n/).map((line) => line.split(/:(.*)/s))
  return new Map(pairs.flatMap(([name = '', value]) => (value === undefined ? [] : [[name, value] as const])))
}
