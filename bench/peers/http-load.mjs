/** Requests per second of a server, over connections that each ask again as soon as they are answered. */
import autocannon from 'autocannon'

const CONNECTIONS = 50

export async function httpRate(port, ms) {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}/`,
    connections: CONNECTIONS,
    // Whole seconds: it counts no others.
    duration: Math.max(1, Math.round(ms / 1000)),
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} requests failed`)
  return result['2xx'] / result.duration
}
