/**
 * A service that does nothing but read its cache and show its metrics, as a process of its own: `REDIS_URL` in the
 * environment, the port that it listens on in its first line.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createCache, createHealth, createMetrics, createRedis } from '../../src/index.ts'
import { metricsHandler, registerMetrics } from '../../src/metrics/index.ts'

const url = process.env['REDIS_URL'] ?? ''
const redis = createRedis({ url, healthInterval: '500ms' })
const cache = createCache({ redis, namespace: 'alerts' })
const metrics = metricsHandler(registerMetrics(createMetrics({ cache, redis, families: ['features'] })))
const health = createHealth({ cache, redis })

setInterval(() => void cache.getOrSet(`features:${Date.now() % 10}`, () => 1, { ttl: '1s' }), 20)

const server = createServer((request, response) => {
  const handler = request.url === '/metrics' ? metrics : health.readyz
  void handler(new Request(`http://localhost${request.url}`)).then(async (answer) => {
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(await answer.text())
  })
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${port}\n`)
})
