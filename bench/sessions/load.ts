/** The load on one server: a closed loop of connections, each with a session of its own. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import autocannon from 'autocannon'

import type { ContenderName } from './contenders.ts'

export type Workload = 'reads' | 'one write in ten'

export interface Measured {
  readonly perSecond: number
  /** Microseconds of the server's processor time. */
  readonly cpuUs: number
  readonly p99Ms: number
}

export interface Server {
  readonly name: ContenderName
  measure(workload: Workload, seconds: number): Promise<Measured>
  stop(): Promise<void>
}

const CONNECTIONS = 50
/** What a page of the same origin sends: without it a change is taken for a forged request. */
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

export async function startServer(name: ContenderName, redisUrl: string): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [name, redisUrl], {
    execArgv: ['--conditions=holdfast-source'],
    // express-session warns of its own defaults.
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  })
  const { port } = await told<{ readonly port: number }>(child)
  const url = `http://127.0.0.1:${port}`
  const cookies = await Promise.all(Array.from({ length: CONNECTIONS }, () => login(url)))
  return {
    name,
    async measure(workload, seconds) {
      const before = await usageOf(child)
      const result = await run(url, cookies, workload, seconds)
      const after = await usageOf(child)
      if (result.non2xx > 0 || result.errors > 0)
        throw new Error(`${name}: ${result.non2xx} answers were not 2xx, ${result.errors} requests failed`)
      const requests = result.requests.total
      const spentUs = after.user + after.system - before.user - before.system
      return { perSecond: requests / result.duration, cpuUs: spentUs / requests, p99Ms: result.latency.p99 }
    },
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

async function login(url: string): Promise<string> {
  const response = await fetch(`${url}/login`, { method: 'POST', headers: SAME_ORIGIN })
  const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0])
  if (!response.ok || cookie.length === 0)
    throw new Error(`${url}: the login answered ${response.status}, ${cookie.length} cookies`)
  return cookie.join('; ')
}

async function run(url: string, cookies: readonly string[], workload: Workload, seconds: number) {
  let client = 0
  const read = { method: 'GET', path: '/read' } as const
  const write = { method: 'POST', path: '/write' } as const
  return autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    setupClient(connection) {
      const headers = { cookie: cookies[client % cookies.length] ?? '', ...SAME_ORIGIN }
      client += 1
      const requests = workload === 'reads' ? [read] : [...Array.from({ length: 9 }, () => read), write]
      connection.setRequests(requests.map((request) => ({ ...request, headers })))
    },
  })
}

async function usageOf(child: ChildProcess): Promise<NodeJS.CpuUsage> {
  child.send('usage')
  return (await told<{ readonly usage: NodeJS.CpuUsage }>(child)).usage
}

async function told<T>(child: ChildProcess): Promise<T> {
  const message = once(child, 'message')
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`A server ended with ${String(code)}`)
  })
  const [said] = await Promise.race([message, failed])
  return said as T
}
