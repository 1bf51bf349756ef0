/**
 * One connection of the load: asks, reads the answer, asks again. It does as little as it can, since what it costs is taken
 * from the server beside it; so it takes only answers that say how long they are.
 */
import { createConnection } from 'node:net'

/**
 * Asks in a closed loop until `endMs`, and for what is under way then.
 *
 * @param nextRequest the bytes to send
 * @param tookMs gets how long each answer took
 * @param endMs by performance.now()
 */
export async function askInALoop(port, nextRequest, tookMs, endMs) {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true })
  socket.setEncoding('latin1')
  await new Promise((resolve, reject) => {
    let answer = ''
    let askedMs = 0
    const ask = () => {
      askedMs = performance.now()
      if (askedMs >= endMs) return socket.end()
      socket.write(nextRequest())
    }
    socket.on('connect', ask)
    socket.on('error', reject)
    socket.on('close', () =>
      askedMs >= endMs ? resolve() : reject(new Error(`Closed instead of answered: ${answer}`)),
    )
    socket.on('data', (chunk) => {
      answer += chunk
      const bytes = lengthOf(answer)
      if (answer.length < bytes) return
      if (answer.length > bytes || !answer.startsWith('HTTP/1.1 2')) return reject(new Error(`Answered: ${answer}`))
      answer = ''
      tookMs.push(performance.now() - askedMs)
      ask()
    })
  })
}

/** How long an answer is to be; without a content-length, no length is right. */
function lengthOf(answer) {
  const body = answer.indexOf('\r\n\r\n') + 4
  if (body < 4) return Infinity
  const length = /^content-length: (\d+)\r$/im.exec(answer.slice(0, body))
  return length ? body + Number(length[1]) : 0
}
