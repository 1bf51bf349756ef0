import { Redis as Client } from 'ioredis'
import { beforeAll, describe, expect, it } from 'vitest'

import { failureOf } from '../../src/redis/failure.ts'
import type { Reply } from '../../src/redis/redis.ts'
import { testRedis, uniqueNamespace } from '../support/redis.ts'
import { operation, Positions, type Side } from './operations.ts'
import { Server } from './redis/server.ts'
import { dice } from './time/dice.ts'
import { Scheduler } from './time/scheduler.ts'

// The simulation is worth what its model of Redis is worth: the same operations, on both, must be answered alike.

const real = testRedis()
// A plain client: that of src/ leaves a server which refuses a write.
let client: Client

beforeAll(() => {
  client = new Client({ port: real.port, host: real.host, protocol: 2 })
  return () => client.disconnect()
})

function realSide(): Side {
  return {
    run: async ({ lua }, keys, args) => (await client.eval(lua, keys.length, ...keys, ...args)) as Reply,
    get: (key) => client.getBuffer(key),
    async happen({ name, key }) {
      if (name === 'delete' || name === 'foreign-incarnation') return changeOnPrimary(name, key)
      // Nothing answers at that address, so its data stay.
      if (name === 'replica') await client.call('REPLICAOF', '127.0.0.1', 1)
      else await client.call('REPLICAOF', 'NO', 'ONE')
      await client.call('CONFIG', 'SET', 'min-replicas-to-write', name === 'fenced' ? 1 : 0)
    },
  }
}

async function changeOnPrimary(name: 'delete' | 'foreign-incarnation', key: string): Promise<void> {
  try {
    if (name === 'delete') await client.call('DEL', key)
    else if ((await client.exists(key)) === 1) await client.call('HSET', key, '@inc', 'of another server')
  } catch (error) {
    if (failureOf(error) !== 'readonly') throw error
  }
}

function modelSide(server: Server): Side {
  return {
    run: async (script, keys, args) => server.run(script, keys, args),
    get: async (key) => server.get(key),
    async happen({ name, key }) {
      const isPromoted = server.role === 'replica' && (name === 'primary' || name === 'fenced')
      // As the real one does.
      if (isPromoted) server.renewReplicationId()
      if (name === 'replica' || name === 'primary' || name === 'fenced') server.role = name
      if (server.role !== 'primary') return
      if (name === 'delete') server.apply({ op: 'del', keys: [key] })
      if (name === 'foreign-incarnation' && server.keyspace.hash(key)) {
        server.apply({ op: 'hset', key, fields: [['@inc', 'of another server']] })
      }
    },
  }
}

/** An answer to compare: what a side said, or in which way it refused. */
async function answer(perform: () => Promise<unknown>, positions: Positions): Promise<unknown> {
  try {
    const reply = await perform()
    return positions.named(Buffer.isBuffer(reply) ? reply.toString('latin1') : reply)
  } catch (error) {
    const failure = failureOf(error)
    if (failure === undefined) throw error
    return `refused: ${failure}`
  }
}

const SEEDS = 60
const OPERATIONS = 60

describe('the model Redis answers as a real one does', () => {
  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))('to the operations of seed %i', async (seed) => {
    const chance = dice(seed)
    const namespace = uniqueNamespace()
    const server = new Server({ name: 'model', scheduler: new Scheduler(), dice: chance.fork(), skewUs: 0 })
    const sides = [realSide(), modelSide(server)] as const
    const positions = [new Positions(), new Positions()] as const
    await sides[0].happen({ name: 'primary', key: '' })
    const transcript: string[] = []
    for (let index = 0; index < OPERATIONS; index += 1) {
      // Time passes on the real one.
      server.jumpClock(1000)
      const { what, perform } = operation(chance, namespace)
      const really = await answer(() => perform(sides[0], positions[0]), positions[0])
      const modelled = await answer(() => perform(sides[1], positions[1]), positions[1])
      transcript.push(`${what} → ${JSON.stringify(really)}`)
      expect(modelled, transcript.slice(-8).join('\n')).toEqual(really)
    }
  })
})
