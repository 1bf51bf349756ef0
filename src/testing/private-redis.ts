import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort } from './free-port.ts'
import { obtainRedis, type ObtainRedisOptions } from './obtain-redis.ts'
import { startRedisProcess, type RedisProcess, type RedisSignal } from './redis-process.ts'
import { RedisStartError } from './redis-start-error.ts'

export interface PrivateRedisOptions extends ObtainRedisOptions {
  /** Most memory it uses for data, as Redis spells it. @default '64mb' */
  readonly maxMemory?: string
  /** What it does when that is used up. @default 'volatile-ttl' */
  readonly policy?: string
  /** Further arguments of the server; they overrule all others. @default [] */
  readonly args?: readonly string[]
  /** @default a free one */
  readonly port?: number
  /** Its working folder, which is then kept. @default a temporary one, removed at `stop()` */
  readonly folder?: string
}

/** A Redis that belongs to this process: on loopback, without persistence, gone when this process is. */
export interface PrivateRedis extends AsyncDisposable {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly folder: string
  /** The process of the newest start; another one after {@link restart}. */
  readonly pid: number
  /** Resolves when the process of the newest start has ended, by whatever cause. */
  readonly exited: Promise<void>
  signal(name: RedisSignal): void
  /** Starts it again on the same port and folder, empty unless `args` had it write; one that is running is killed first. */
  restart(): Promise<void>
  /** Ends it, frozen or not, and resolves when it is gone. Further calls do nothing. */
  stop(): Promise<void>
}

const host = '127.0.0.1'
const portAttempts = 5
const stopDeadlineMs = 5000

/**
 * Starts a private Redis for development and tests, and obtains the program first where there is none.
 *
 * @throws RedisNotFoundError (ERR_HOLDFAST_REDIS_NOT_FOUND) when there is no program to be had
 * @throws RedisStartError (ERR_HOLDFAST_REDIS_START) when it does not come up, such as on a `port` that is taken
 */
export async function privateRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const binary = await obtainRedis(options)
  const temporaryFolder = options.folder === undefined ? await mkdtemp(join(tmpdir(), 'holdfast-redis-')) : undefined
  const folder = options.folder ?? temporaryFolder ?? ''
  const { maxMemory = '64mb', policy = 'volatile-ttl', args = [] } = options
  const startOn = (port: number) =>
    startRedisProcess(binary, { host, port, folder, maxMemory, policy, args, temporaryFolder })
  try {
    const { port, running } = await startOnSomePort(startOn, options.port)
    return new OwnRedis({ port, folder, temporaryFolder, startOn }, running)
  } catch (error) {
    await removeFolder(temporaryFolder)
    throw error
  }
}

async function startOnSomePort(
  startOn: (port: number) => Promise<RedisProcess>,
  wanted: number | undefined,
): Promise<{ port: number; running: RedisProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort(host))
    try {
      return { port, running: await startOn(port) }
    } catch (error) {
      const wasTaken = error instanceof RedisStartError && error.failure === 'port-taken'
      if (!wasTaken || wanted !== undefined || attempt === portAttempts) throw error
    }
  }
}

interface Place {
  readonly port: number
  readonly folder: string
  readonly temporaryFolder: string | undefined
  readonly startOn: (port: number) => Promise<RedisProcess>
}

class OwnRedis implements PrivateRedis {
  readonly host = host
  readonly #place: Place
  #running: RedisProcess

  constructor(place: Place, running: RedisProcess) {
    this.#place = place
    this.#running = running
  }

  get url(): string {
    return `redis://${host}:${this.port}`
  }

  get port(): number {
    return this.#place.port
  }

  get folder(): string {
    return this.#place.folder
  }

  get pid(): number {
    return this.#running.pid
  }

  get exited(): Promise<void> {
    return this.#running.exited
  }

  signal(name: RedisSignal): void {
    this.#running.signal(name)
  }

  async restart(): Promise<void> {
    this.signal('SIGKILL')
    await this.exited
    this.#running = await this.#place.startOn(this.port)
  }

  async stop(): Promise<void> {
    // A folder that stays may be meant to keep what `args` had it write, so that one may finish writing.
    this.signal(this.#place.temporaryFolder === undefined ? 'SIGTERM' : 'SIGKILL')
    this.signal('SIGCONT')
    const deadline = setTimeout(() => this.signal('SIGKILL'), stopDeadlineMs)
    await this.exited
    clearTimeout(deadline)
    await removeFolder(this.#place.temporaryFolder)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

async function removeFolder(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
}
