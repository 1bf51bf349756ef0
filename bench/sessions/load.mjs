/** The load on one server: a closed loop of connections, each with a session of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import autocannon from 'autocannon'

const CONNECTIONS = 50
/** What a page of the same origin sends: without it a change is taken for a forged request. */
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

export async function startServer(name, redisUrl) {
  const child = fork(join(import.meta.dirname, 'server.mjs'), [name, redisUrl], {
    execArgv: ['--conditions=holdfast-source'],
    // express-session warns of its own defaults.
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  })
  const { port } = await told(child)
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

async function login(url) {
  const response = await fetch(`${url}/login`, { method: 'POST', headers: SAME_ORIGIN })
  const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0])
  if (!response.ok || cookie.length === 0)
    throw new Error(`${url}: the login answered ${response.status}, ${cookie.length} cookies`)
  return cookie.join('; ')
}

async function run(url, cookies, workload, seconds) {
  let client = 0
  const read = { method: 'GET', path: '/read' }
  const write = { method: 'POST', path: '/write' }
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

async function usageOf(child) {
  child.send('usage')
  return (await told(child)).usage
}

/** The next message; a server that ends instead is an error. */
async function told(child) {
  const waiting = new AbortController()
  try {
    const [said] = await Promise.race([
      once(child, 'message', waiting),
      once(child, 'exit', waiting).then(([code]) => {
        throw new Error(`A server ended with ${String(code)}`)
      }),
    ])
    return said
  } finally {
    waiting.abort()
  }
}
