import { once } from 'node:events'
import { connect } from 'node:net'

// Also for a peer that closes the connection without a word.
const deadlineMs = 5000

/** Resolves when a Redis at this address has answered a PING; a refusal (such as NOAUTH) is an answer too. */
export async function ping(address: { readonly host: string; readonly port: number }): Promise<void> {
  const socket = connect(address)
  try {
    socket.write('PING\r\n')
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(deadlineMs) })) as [Buffer]
    const text = answer.toString('latin1')
    if (!/^[+-]/.test(text)) throw new Error(`${address.host}:${address.port} is no Redis: it answered ${text}`)
  } finally {
    socket.destroy()
  }
}
