/** A server whose only route answers a document that the contender reads; what it reads as text is sent as it is. */
import { once } from 'node:events'
import { createServer } from 'node:http'

import { keyOf, KEYS, never } from './documents.mjs'

export async function serve({ read, readText }, { bytes }) {
  const textOf = readText ?? (async (key, load) => JSON.stringify(await read(key, load)))
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    textOf(keyOf(bytes, asked % KEYS), never).then(
      (text) => response.setHeader('content-type', 'application/json').end(text),
      (error) => {
        response.statusCode = 500
        response.end(String(error))
      },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}
