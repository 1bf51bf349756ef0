import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { WorkerReply, WorkerRequest } from './cache-worker.ts'

/** What one operation gave, and when it ran on the clock that all processes of this machine share. */
export interface Timed<T> {
  readonly value: T
  readonly beganMs: number
  readonly endedMs: number
}

type Request = WorkerRequest extends infer Each ? (Each extends WorkerRequest ? Omit<Each, 'id'> : never) : never

/** A process with a cache of its own. `source` is asked for each load, and decides how long it takes. */
export interface CacheProcess {
  readonly process: ChildProcess
  ask<T>(request: Exclude<Request, { op: 'loaded' }>): Promise<Timed<T>>
  stop(): Promise<void>
}

export async function startCacheProcess(options: {
  readonly url: string
  readonly namespace: string
  readonly boundMs: number
  readonly source: (key: string) => Promise<number | 'failure'>
}): Promise<CacheProcess> {
  const worker = fileURLToPath(new URL('./cache-worker.ts', import.meta.url))
  const child = fork(worker, [options.url, options.namespace, String(options.boundMs)])
  const asked = new Map<number, { resolve: (timed: Timed<never>) => void; reject: (error: Error) => void }>()
  const ready = Promise.withResolvers<void>()
  let lastId = 0

  child.on('message', (reply: WorkerReply) => {
    if (reply.op === 'load') {
      void options
        .source(reply.key)
        .then((value) => child.connected && child.send({ id: reply.id, op: 'loaded', value }))
    } else if (reply.op === 'ready') {
      ready.resolve()
    } else {
      const { beganMs, endedMs, value, error } = reply
      if (error === undefined) asked.get(reply.id)?.resolve({ value: value as never, beganMs, endedMs })
      else asked.get(reply.id)?.reject(new Error(error))
      asked.delete(reply.id)
    }
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void exited.then(() => ready.reject(new Error('The worker ended before it was ready')))
  await ready.promise

  return {
    process: child,
    ask: (request) =>
      new Promise((resolve, reject) => {
        lastId += 1
        asked.set(lastId, { resolve, reject })
        child.send({ id: lastId, ...request })
      }),
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
