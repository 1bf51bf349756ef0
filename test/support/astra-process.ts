import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { AstraReply, AstraRequest } from './astra-worker.ts'

/** A process with a cached client of AstraDB, as one of a fleet. */
export interface AstraClientProcess {
  readonly pid: number | undefined
  /** What these documents hold, as this process is told. */
  read(documents: readonly string[]): Promise<readonly unknown[]>
  /** Writes through the cached client, and resolves to what the same process reads right after. */
  write(document: string, n: number): Promise<unknown>
  /** Reads that its cache has answered so far. */
  hits(): number
  stop(): Promise<void>
}

export interface AstraProcessOptions {
  readonly url: string
  readonly namespace: string
  readonly endpoint: string
  readonly boundMs: number
}

export async function startAstraProcess(options: AstraProcessOptions): Promise<AstraClientProcess> {
  const { url, namespace, endpoint, boundMs } = options
  const worker = fileURLToPath(new URL('./astra-worker.ts', import.meta.url))
  const child = fork(worker, [url, namespace, endpoint, String(boundMs)])
  const asked = new Map<number, PromiseWithResolvers<readonly unknown[]>>()
  const ready = Promise.withResolvers<readonly unknown[]>()
  asked.set(0, ready)
  let [lastId, hits] = [0, 0]

  child.on('message', (reply: AstraReply) => {
    hits = reply.hits
    if (reply.error === undefined) asked.get(reply.id)?.resolve(reply.values)
    else asked.get(reply.id)?.reject(new Error(reply.error))
    asked.delete(reply.id)
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void exited.then(() => ready.reject(new Error('The worker ended before it was ready')))
  await ready.promise

  const ask = (request: Omit<AstraRequest, 'id'>): Promise<readonly unknown[]> => {
    lastId += 1
    const answered = Promise.withResolvers<readonly unknown[]>()
    asked.set(lastId, answered)
    child.send({ id: lastId, ...request })
    return answered.promise
  }
  return {
    pid: child.pid,
    read: (documents) => ask({ op: 'read', documents } as Omit<AstraRequest, 'id'>),
    write: async (document, n) => (await ask({ op: 'write', document, n } as Omit<AstraRequest, 'id'>))[0],
    hits: () => hits,
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
