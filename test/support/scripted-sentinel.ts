/*
 * A sentinel that says what a test has it say, when the test has it say it: for races that a real one lets happen once in a
 * hundred failovers. It knows the four commands that a client asks of a sentinel.
 */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

export interface ScriptedSentinel {
  readonly port: number
  /** Answers no more questions for the primary until the returned function is called. */
  hold(): () => void
  /** Resolves when a client asks for the primary. */
  asked(): Promise<void>
  /** Tells all who listen that there is another primary. */
  announceFailover(): void
  close(): void
}

const CHANNEL = '+switch-master'

export async function startScriptedSentinel(primary: {
  readonly host: string
  readonly port: number
}): Promise<ScriptedSentinel> {
  const sockets = new Set<Socket>()
  const listeners = new Set<Socket>()
  let gate = Promise.resolve()
  let tellAsked = (): void => undefined

  const answer = async (socket: Socket, [name = '', subcommand = '']: readonly string[]): Promise<void> => {
    if (name === 'subscribe') {
      listeners.add(socket)
      socket.write(array('subscribe', CHANNEL).replace('*2', '*3') + ':1\r\n')
    } else if (name === 'sentinel' && subcommand === 'sentinels') {
      socket.write('*0\r\n')
    } else if (name === 'sentinel') {
      tellAsked()
      await gate
      socket.write(array(primary.host, String(primary.port)))
    } else {
      socket.write('+OK\r\n')
    }
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      listeners.delete(socket)
    })
    let queue = Promise.resolve()
    socket.on('data', (chunk) => {
      for (const command of commandsOf(chunk)) queue = queue.then(() => answer(socket, command))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    hold() {
      const held = Promise.withResolvers<void>()
      gate = held.promise
      return held.resolve
    },
    asked: () =>
      new Promise((resolve) => {
        tellAsked = resolve
      }),
    announceFailover() {
      for (const socket of listeners) socket.write(array('message', CHANNEL, 'a b c d e'))
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** The commands in what a client sent, in lower case. Commands this short come in one piece. */
export function commandsOf(chunk: Buffer): readonly (readonly string[])[] {
  const commands = chunk.toString().split(/\*\d+\r\n/)
  return commands
    .filter((text) => text !== '')
    .map((text) => [...text.matchAll(/\$\d+\r\n(.*)\r\n/g)].map(([, word = '']) => word.toLowerCase()))
}

function array(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}
