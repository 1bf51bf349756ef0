/**
 * The service as it is deployed: its database in a process, and so many instances of it in others, on one Redis. The mode
 * says whether they cache, have caching switched off, or are the code without Holdfast.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type Mode = 'on' | 'off' | 'absent'

/** A process that was started here. */
export interface Started {
  /** Such as http://127.0.0.1:41234. */
  readonly origin: string
  /** Ends it and waits until it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

export interface Database extends Started {
  /** Commands since the last reset, in all. */
  readonly commands: () => Promise<number>
  readonly reset: () => Promise<void>
  readonly latency: (ms: number) => Promise<void>
}

const ROOT = join(import.meta.dirname, '../..')

/** Whom the mix writes as. */
export const ADMIN_TOKEN = 'the-token-of-the-acceptance-run'
// One for all fleets: they write to one trail.
const AUDIT_KEY = randomBytes(24).toString('base64url')

/** @param latencyMs how long each answer is held back */
export async function startDatabase(latencyMs: number): Promise<Database> {
  const started = await start([join(import.meta.dirname, 'database.ts'), String(latencyMs)], {}, /^(http:\S+)$/)
  const ask = async (verb: string, body: unknown = {}): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${started.origin}/__admin/${verb}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`The emulator answered ${verb} with ${response.status}`)
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  }
  return {
    ...started,
    commands: async () => {
      const counts = (await ask('counts')) as Readonly<Record<string, number>>
      return Object.values(counts).reduce((total, count) => total + count, 0)
    },
    reset: async () => void (await ask('reset-counts')),
    latency: async (ms) => void (await ask('latency', ms)),
  }
}

export interface FleetOptions {
  readonly mode: Mode
  readonly instances: number
  readonly redisUrl: string
  readonly database: Pick<Database, 'origin'>
  /** A folder to import, by the first instance. */
  readonly data?: string
}

/** Starts instances that share Redis, database, sessions and audit trail. */
export async function startFleet({
  mode,
  instances,
  redisUrl,
  database,
  data,
}: FleetOptions): Promise<readonly Started[]> {
  const environment = {
    PORT: '0',
    CACHE_MODE: mode,
    RATE_LIMITS: 'off',
    REDIS_URL: redisUrl,
    ASTRA_DB_API_ENDPOINT: database.origin,
    ASTRA_DB_APPLICATION_TOKEN: 'acceptance',
    ADMIN_TOKEN,
    SESSION_KEYS: `one=${randomBytes(32).toString('base64')}`,
    AUDIT_KEY,
  }
  const fleet: Started[] = []
  try {
    // One after the other: the first makes what is missing, such as collections and accounts.
    for (let number = 0; number < instances; number += 1) {
      const args = number === 0 && data !== undefined ? ['--data', data] : []
      fleet.push(await start([join(ROOT, 'app/start.mjs'), ...args], environment, /listens at (http:\S+)/))
    }
  } catch (error) {
    await Promise.all(fleet.map((one) => one.stop()))
    throw error
  }
  return fleet
}

async function start(args: readonly string[], environment: NodeJS.ProcessEnv, listens: RegExp): Promise<Started> {
  const child = spawn(process.execPath, ['--conditions=holdfast-source', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const origin = await originOf(child, listens)
  return {
    origin,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await once(child, 'exit')
    },
  }
}

async function originOf(child: ChildProcess, listens: RegExp): Promise<string> {
  if (!child.stdout) throw new Error('The process has no output')
  const lines = createInterface({ input: child.stdout })
  // Read to the end, or the pipe fills and the process waits.
  const found = Promise.withResolvers<string>()
  lines.on('line', (line) => {
    const origin = listens.exec(line)?.[1]
    if (origin !== undefined) found.resolve(origin)
  })
  child.once('exit', (code) => found.reject(new Error(`A process ended with ${code} before it listened`)))
  return found.promise
}
