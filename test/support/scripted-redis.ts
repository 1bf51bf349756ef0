/*
 * A server that answers what a test has it answer, for what no server at hand would say.
 */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

import { commandsOf } from './scripted-sentinel.ts'

export interface ScriptedRedis extends AsyncDisposable {
  readonly url: string
}

/** Answers a command by its name in lower case; any other is told that all is well. */
export async function startScriptedRedis(answers: Readonly<Record<string, string | Error>>): Promise<ScriptedRedis> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      for (const [name = ''] of commandsOf(chunk)) socket.write(encoded(answers[name] ?? 'OK'))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

function encoded(answer: string | Error): string {
  return typeof answer === 'string' ? `$${Buffer.byteLength(answer)}\r\n${answer}\r\n` : `-${answer.message}\r\n`
}
