import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface Told {
  readonly workload:
    | 'fill'
    | 'serve'
    | 'memoryHit'
    | 'hit'
    | 'miss'
    | 'many'
    | 'mixed'
    | 'stampede'
    | 'outage'
    | 'outageP99'
  readonly options: Readonly<Record<string, number | string>>
}

/** A contender in its process. One thing is asked of it at a time. */
export interface Child {
  readonly name: string
  ask(told: Told): Promise<number>
  stop(): Promise<void>
}

export async function startContender(name: string, redisUrl: string): Promise<Child> {
  const child = fork(join(import.meta.dirname, 'child.mjs'), [name, redisUrl], {
    execArgv: ['--conditions=holdfast-source'],
  })
  const said = async (): Promise<unknown> => {
    const waiting = new AbortController()
    try {
      return await Promise.race([
        once(child, 'message', waiting).then(([message]: unknown[]) => message),
        once(child, 'exit', waiting).then(([code]: unknown[]) => {
          throw new Error(`${name} ended with ${String(code)}`)
        }),
      ])
    } finally {
      waiting.abort()
    }
  }
  await said()
  return {
    name,
    async ask(told) {
      child.send(told)
      const answer = await said()
      if (typeof answer === 'object' && answer !== null && 'figure' in answer && typeof answer.figure === 'number')
        return answer.figure
      throw new Error(`${name} told no figure`)
    },
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
