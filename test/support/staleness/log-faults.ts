/** What can happen to the log's keys and to connections on any server that is a primary. */
import { setTimeout as pause } from 'node:timers/promises'

import type { PrivateRedis } from '../../../src/testing/index.ts'
import { askRedis, fieldsOf } from '../redis-admin.ts'
import { named, type Fault, type RunWorld } from './faults.ts'

const BUSY = `local from = redis.call('TIME')
repeat local now = redis.call('TIME') until (now[1] - from[1]) * 1000 + (now[2] - from[2]) / 1000 > tonumber(ARGV[1])`

/** `primaryOf` finds the server that has the log when the fault happens. */
export function logFaults(primaryOf: (world: RunWorld) => Promise<PrivateRedis>): readonly Fault[] {
  const ask = async (world: RunWorld, ...command: readonly (string | number)[]): Promise<unknown> =>
    askRedis((await primaryOf(world)).port, ...command)
  return [
    named('flushed', async (world) => {
      await ask(world, 'FLUSHALL')
      return 'everything flushed'
    }),
    named('headLost', async (world) => {
      await ask(world, 'DEL', `hf:{${world.namespace}}:head`)
      return 'head of the log deleted'
    }),
    named('streamLost', async (world) => {
      await ask(world, 'DEL', `hf:{${world.namespace}}:log`)
      return 'stream of the log deleted'
    }),
    named('memoryFull', async (world, random) => {
      const server = await primaryOf(world)
      const limit = (bytes: number, policy: string): Promise<unknown> =>
        askRedis(server.port, 'CONFIG', 'SET', 'maxmemory-policy', policy, 'maxmemory', bytes)
      const { used, data, evicted } = await memoryOf(server)
      // A part of everything has to go, whatever it is; of what is written meanwhile, some is refused.
      await limit(Math.max(1, used - Math.ceil((data * random.below(100)) / 100)), 'allkeys-random')
      await pause(50 + random.below(200))
      await limit(0, 'noeviction')
      return `memory full: ${(await memoryOf(server)).evicted - evicted} keys evicted, whatever they were`
    }),
    named('connectionsKilled', async (world, random) => {
      const type = random.pick(['normal', 'pubsub'])
      await ask(world, 'CLIENT', 'KILL', 'TYPE', type)
      return `${type} connections killed`
    }),
    named('slowScript', async (world, random) => {
      const forMs = 300 + random.below(500)
      await ask(world, 'EVAL', BUSY, 0, forMs)
      return `a script blocked the server for ${forMs} ms`
    }),
    named('primaryFrozenBriefly', async (world, random) => {
      const server = await primaryOf(world)
      const forMs = 50 + random.below(world.boundMs + 200)
      server.signal('SIGSTOP')
      await pause(forMs)
      server.signal('SIGCONT')
      return `primary frozen for ${forMs} ms`
    }),
  ]
}

async function memoryOf({ port }: PrivateRedis): Promise<Record<'used' | 'data' | 'evicted', number>> {
  const facts = fieldsOf(String(await askRedis(port, 'INFO', 'memory', 'stats')))
  const [used, data, evicted] = ['used_memory', 'used_memory_dataset', 'evicted_keys'].map((name) =>
    Number(facts.get(name)),
  )
  return { used: used ?? 0, data: data ?? 0, evicted: evicted ?? 0 }
}
