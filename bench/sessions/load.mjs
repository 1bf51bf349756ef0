/** A process that asks: a closed loop of connections, each a browser with a session of its own. It never leaves loopback. */
import autocannon from 'autocannon'

process.on('message', ({ url, cookies, seconds, writes }) => {
  const read = { method: 'GET', path: '/value' }
  // One in ten writes; the others read.
  const requests = writes ? [...Array.from({ length: 9 }, () => read), { method: 'POST', path: '/value' }] : [read]
  let next = 0
  const setupClient = (client) => {
    const headers = { cookie: cookies[next % cookies.length], 'sec-fetch-site': 'same-origin' }
    next += 1
    client.setRequests(requests.map((request) => ({ ...request, headers })))
  }
  const began = performance.now()
  autocannon({ url, connections: cookies.length, duration: seconds, setupClient }).then(
    (result) => {
      const elapsed = (performance.now() - began) / 1000
      const { total } = result.requests
      process.send({ perSecond: total / elapsed, total, failed: result.non2xx + result.errors })
    },
    (error) => process.send({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
