/**
 * Scripts whose caller wants to know that replicas have what they wrote. WAIT asks about everything that its connection
 * wrote before, and blocks that connection meanwhile, so such scripts have one of their own, and all that gather while one
 * WAIT is under way share the next. In a cluster they go to the node of their keys, and WAIT with them.
 */
import { StoreError } from '../base/errors.ts'
import type { Send } from './connection.ts'
import { toStoreError } from './failure.ts'
import type { Argument, RedisCommands, Reply, Script } from './redis.ts'
import { hashOf } from './run-script.ts'

export interface ReplicatedDeps {
  /** Sends on the connection that waits. */
  readonly send: Send
  readonly deadlineMs: number
  readonly address: string
  readonly defer: (task: () => void) => void
  readonly onUnknown: (script: Script) => void
}

interface Asked {
  readonly script: Script
  readonly keys: readonly string[]
  readonly args: readonly Argument[]
  readonly replicas: number
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: unknown) => void
}

/** Less than the deadline: the answer, that too few replicas have it, must arrive too. */
const WAIT_SHARE = 0.8

export function createReplicated({
  send,
  deadlineMs,
  address,
  defer,
  onUnknown,
}: ReplicatedDeps): RedisCommands['runReplicated'] {
  // By first key, since a pipeline serves one slot.
  const lines = new Map<string, Asked[]>()

  const sendAll = async (batch: readonly Asked[], by: 'hash' | 'text'): Promise<void> => {
    const replicas = Math.max(...batch.map((asked) => asked.replicas))
    const waitMs = Math.max(1, Math.floor(deadlineMs * WAIT_SHARE))
    const answers = await send(batch[0]?.script.name ?? '', deadlineMs, async (client) => {
      const pipeline = client.pipeline()
      for (const { script, keys, args } of batch) {
        if (by === 'hash') pipeline.evalsha(hashOf(script), keys.length, ...keys, ...args)
        else pipeline.eval(script.lua, keys.length, ...keys, ...args)
      }
      pipeline.wait(replicas, waitMs)
      return (await pipeline.exec()) ?? []
    })
    const [waitError, have] = answers.at(-1) ?? []
    const unknown: Asked[] = []
    for (const [index, asked] of batch.entries()) {
      const [error, reply] = answers[index] ?? []
      if (error?.message.startsWith('NOSCRIPT')) unknown.push(asked)
      else if (error ?? waitError) asked.reject(toStoreError(error ?? waitError, address))
      else if (Number(have) < asked.replicas) asked.reject(tooFew(Number(have), asked.replicas, address))
      else asked.resolve(reply as Reply)
    }
    for (const { script } of unknown) onUnknown(script)
    if (unknown.length > 0) await sendAll(unknown, 'text')
  }
  const sendLine = async (line: string): Promise<void> => {
    for (let batch = lines.get(line); batch && batch.length > 0; batch = lines.get(line)) {
      lines.set(line, [])
      try {
        await sendAll(batch, 'hash')
      } catch (error) {
        for (const asked of batch) asked.reject(error)
      }
    }
    lines.delete(line)
  }

  return (script, keys, args, replicas) =>
    new Promise((resolve, reject) => {
      const asked = { script, keys, args, replicas, resolve, reject }
      const [line] = keys
      const gathering = lines.get(line)
      if (gathering) {
        gathering.push(asked)
        return
      }
      lines.set(line, [asked])
      defer(() => void sendLine(line))
    })
}

function tooFew(have: number, wanted: number, address: string): StoreError {
  return new StoreError(
    'replicas',
    `Redis at ${address} did it, but ${have} of the ${wanted} replicas that were asked for confirmed it in time: are they connected, and do they keep up?`,
  )
}
