/** The load on one server: a closed loop of connections, each with a session of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { askInALoop } from './connection.mjs'

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
      const began = performance.now()
      const tookMs = await run(port, cookies, workload, seconds)
      const tookS = (performance.now() - began) / 1000
      const after = await usageOf(child)
      const requests = tookMs.length
      const spentUs = after.user + after.system - before.user - before.system
      return { requests, perSecond: requests / tookS, cpuUs: spentUs / requests, p99Ms: percentile(tookMs, 0.99) }
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

/** How long each answer took. */
async function run(port, cookies, workload, seconds) {
  const tookMs = []
  const endMs = performance.now() + seconds * 1000
  await Promise.all(cookies.map((cookie) => askInALoop(port, requestsOf(port, cookie, workload), tookMs, endMs)))
  return tookMs
}

function requestsOf(port, cookie, workload) {
  const headers = { host: `127.0.0.1:${port}`, connection: 'keep-alive', cookie, ...SAME_ORIGIN }
  const read = requestOf('GET /read', headers)
  const write = requestOf('POST /write', { ...headers, 'content-length': '0' })
  const requests = workload === 'reads' ? [read] : [...Array.from({ length: 9 }, () => read), write]
  // Not all connections write at the same time.
  let at = Math.floor(Math.random() * requests.length)
  return () => requests[(at = (at + 1) % requests.length)]
}

function requestOf(line, headers) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${line} HTTP/1.1\r\n${lines.join('')}\r\n`)
}

function percentile(samples, share) {
  return samples.sort((left, right) => left - right)[Math.floor(samples.length * share)] ?? Number.NaN
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
