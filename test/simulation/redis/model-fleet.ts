/**
 * Caches on one Redis that is a model in this process (that of the simulation), which answers at once, on one clock that
 * stands still. For what caches of several processes do with each other where no race is the point: nothing is waited for.
 * Nothing is heard between heartbeats, and a test may have a command fail or answer in the model's place.
 */
import { onTestFinished } from 'vitest'

import { StoreError } from '../../../src/base/errors.ts'
import { createCacheWith } from '../../../src/cache/cache.ts'
import type { Cache, CacheOptions, HoldfastEvent, Redis } from '../../../src/index.ts'
import type { Reply } from '../../../src/redis/redis.ts'
import { Server } from './server.ts'
import { dice } from '../time/dice.ts'
import { Scheduler } from '../time/scheduler.ts'
import { fakeClock, type FakeClock } from '../../support/fake-clock.ts'

export interface ModelFleet {
  readonly clock: FakeClock
  readonly server: Server
  readonly redis: Redis
  /** What is answered in the model's place, by a script's name or `get`; an error is thrown. */
  readonly answers: Map<string, Reply | Buffer | Error>
  /** Every command, by its script's name or `get`. */
  readonly asked: string[]
  /** One process of the fleet. */
  readonly join: (options?: Partial<CacheOptions>) => { readonly cache: Cache; readonly told: HoldfastEvent[] }
}

/** A model server whose clock is the one that the test moves. */
class ClockedServer extends Server {
  readonly #clock: FakeClock
  constructor(clock: FakeClock) {
    super({ name: 'model', scheduler: new Scheduler(), dice: dice(1), skewUs: 0 })
    this.#clock = clock
  }
  override get nowUs(): number {
    return this.#clock.wallMs() * 1000
  }
}

export function modelFleet(): ModelFleet {
  const clock = fakeClock()
  const server = new ClockedServer(clock)
  const answers: ModelFleet['answers'] = new Map()
  const asked: string[] = []
  const ids = dice(2)
  const answer = async <T extends Reply | Buffer>(command: string, work: () => T): Promise<T> => {
    asked.push(command)
    const given = answers.get(command)
    if (given instanceof Error) throw given
    return given === undefined ? work() : (given as T)
  }
  const notModelled = (): never => {
    throw new Error('Not modelled')
  }
  const redis: Redis = {
    address: 'model',
    get: (key) => answer('get', () => server.get(key)),
    run: (script, keys, args) => answer(script.name, () => server.run(script, keys, args)),
    scanHash: async (...page) => server.scanHash(...page),
    scanKeys: async (...page) => server.scanKeys(...page),
    getAndExpire: notModelled,
    runReplicated: notModelled,
    health: notModelled,
    server: {
      topology: { kind: 'standalone', addresses: [], tls: false, maxConnections: 1, user: null, hasPassword: false },
      info: notModelled,
      settings: notModelled,
      slowCommands: notModelled,
      timeMs: notModelled,
    },
    fence: async () => ({ bound: 'held' }),
    openStreamReader: () => ({ readAfter: () => new Promise(() => undefined), close: () => undefined }),
    subscribe(channel, onMessage) {
      let isOpen = true
      server.onPublished((published) => {
        if (isOpen && published.channel === channel) onMessage(published.message)
      })
      return { close: () => void (isOpen = false) }
    },
    ready: async () => undefined,
    on: () => () => undefined,
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
  return {
    clock,
    server,
    redis,
    answers,
    asked,
    join(options = {}) {
      const random = { id: () => ids.id(), fraction: () => 0 }
      const cache = createCacheWith(
        { redis, namespace: 'test', clock, random, sweep: false, ...options },
        { defer: (task) => void setImmediate(task) },
      )
      const told: HoldfastEvent[] = []
      cache.on((event) => told.push(event))
      onTestFinished(() => cache.close())
      return { cache, told }
    },
  }
}

/** What Redis being gone is to whoever asks it. */
export const gone = (): StoreError => new StoreError('connection', 'Redis is gone')
