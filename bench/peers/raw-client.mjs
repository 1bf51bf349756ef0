/**
 * A client that is a socket and nothing else: GET and SET in RESP, every command of a turn in one write. A limit, not a
 * product: no reconnect, no deadlines, no errors but those of the socket.
 */
import { once } from 'node:events'
import { connect } from 'node:net'

export async function openRawClient(url) {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  const waiting = []
  let next = 0
  let outgoing = ''
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    received = received === '' ? chunk : received + chunk
    let at = 0
    for (;;) {
      const lineEnd = received.indexOf('\r\n', at)
      if (lineEnd === -1) break
      let value = received.slice(at + 1, lineEnd)
      let after = lineEnd + 2
      if (received[at] === '$') {
        const length = Number(value)
        value = null
        if (length >= 0) {
          if (received.length < after + length + 2) break
          value = received.slice(after, after + length)
          after += length + 2
        }
      }
      at = after
      waiting[next](value)
      next += 1
    }
    received = received.slice(at)
    if (next === waiting.length) waiting.length = next = 0
  })
  const send = (text) =>
    new Promise((resolve) => {
      waiting.push(resolve)
      if (outgoing === '') setImmediate(flush)
      outgoing += text
    })
  const flush = () => {
    socket.write(outgoing, 'latin1')
    outgoing = ''
  }
  // The documents are ASCII, so that lengths in characters are lengths in bytes.
  return {
    get: (key) => send(`*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`),
    set: (key, value) => send(`*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`),
    close: () => void socket.destroy(),
  }
}
