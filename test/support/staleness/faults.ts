/**
 * What goes wrong during a staleness run: a server that is killed, frozen or restarted; a process that stalls, or that alone
 * is cut off from the server while the others invalidate; lost keys.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import type { PrivateRedis } from '../../../src/testing/index.ts'
import { askRedis } from '../redis-admin.ts'
import type { Seeded } from '../seeded.ts'
import type { TcpProxy } from '../tcp-proxy.ts'
import { nowMs, type FaultRecord } from './history.ts'

/** What every fault may know of, whatever Redis is made of. */
export interface RunWorld {
  readonly workers: readonly { readonly pid?: number | undefined; kill(signal: NodeJS.Signals): boolean }[]
  readonly namespace: string
  readonly boundMs: number
}

interface World extends RunWorld {
  readonly server: PrivateRedis
  /** The way to the server of some of the workers. */
  readonly ways: readonly [TcpProxy, ...TcpProxy[]]
}

/** Does one harm and undoes it; its name is its kind, and what it resolves to says what it did, for people. */
export type Fault<In extends RunWorld = RunWorld> = (world: In, random: Seeded) => Promise<string>

const snapshot = (folder: string): string => join(folder, 'dump.rdb')

const FAULTS: readonly Fault<World>[] = [
  async function serverKilled({ server }) {
    await rm(snapshot(server.folder), { force: true })
    await server.restart()
    return 'server killed and started empty'
  },
  async function serverKilledAfterSnapshot({ server }, random) {
    await askRedis(server.port, 'SAVE')
    // What is invalidated from here on is not in the snapshot that comes back.
    await pause(20 + random.below(200))
    await server.restart()
    return 'server killed and started from a snapshot of before'
  },
  async function serverShutDown({ server }, random) {
    const how = random.pick(['SAVE', 'NOSAVE'])
    await askRedis(server.port, 'SHUTDOWN', how).catch(() => undefined)
    await server.exited
    await pause(random.below(100))
    await server.restart()
    return `server shut down with ${how} and started`
  },
  async function serverFrozen({ server, boundMs }, random) {
    server.signal('SIGSTOP')
    const forMs = 50 + random.below(boundMs + 200)
    await pause(forMs)
    server.signal('SIGCONT')
    return `server frozen for ${forMs} ms`
  },
  processStopped,
  async function wayHeld({ ways, boundMs }, random) {
    const way = random.pick(ways)
    way.pause()
    const forMs = boundMs / 2 + random.below(2 * boundMs)
    await pause(forMs)
    way.resume()
    return `process ${ways.indexOf(way)} cut off for ${forMs} ms`
  },
  async function wayRefused({ ways, boundMs }, random) {
    const way = random.pick(ways)
    way.refuse()
    way.dropAll()
    const forMs = boundMs / 2 + random.below(2 * boundMs)
    await pause(forMs)
    await way.accept()
    return `process ${ways.indexOf(way)} refused for ${forMs} ms`
  },
  async function waySlow({ ways }, random) {
    const way = random.pick(ways)
    const delayMs = 10 + random.below(60)
    way.delay(delayMs)
    await pause(200 + random.below(400))
    way.delay(0)
    return `process ${ways.indexOf(way)} slowed by ${delayMs} ms each way`
  },
  async function connectionsKilled({ server }, random) {
    const type = random.pick(['normal', 'pubsub'])
    await askRedis(server.port, 'CLIENT', 'KILL', 'TYPE', type)
    return `${type} connections killed`
  },
  async function headLost({ server, namespace }) {
    await askRedis(server.port, 'DEL', `hf:{${namespace}}:head`)
    return 'head of the log deleted'
  },
  async function streamLost({ server, namespace }) {
    await askRedis(server.port, 'DEL', `hf:{${namespace}}:log`)
    return 'stream of the log deleted'
  },
  async function streamTrimmed({ server, namespace }) {
    await askRedis(server.port, 'XTRIM', `hf:{${namespace}}:log`, 'MAXLEN', 1)
    return 'stream of the log trimmed to one record'
  },
]

/** Of one server, which some of the workers reach through a proxy. */
export function standaloneFaults(server: PrivateRedis, ways: World['ways']): readonly Fault[] {
  return FAULTS.map((fault) => named(fault.name, (world, random) => fault({ ...world, server, ways }, random)))
}

/** A fault by another name than its function's. */
export function named(name: string, fault: Fault): Fault {
  return Object.defineProperty(fault, 'name', { value: name })
}

export async function processStopped({ workers, boundMs }: RunWorld, random: Seeded): Promise<string> {
  const index = random.below(workers.length)
  workers[index]?.kill('SIGSTOP')
  const forMs = boundMs + 50 + random.below(300)
  await pause(forMs)
  workers[index]?.kill('SIGCONT')
  return `process ${index} stopped for ${forMs} ms`
}

/** Lets things go wrong, one after the other, until `untilMs`; everything is up again when it resolves. */
export async function makeTrouble(
  faults: readonly Fault[],
  world: RunWorld,
  random: Seeded,
  untilMs: number,
): Promise<readonly FaultRecord[]> {
  const done: FaultRecord[] = []
  for (;;) {
    await pause(80 + random.below(250))
    const fault = faults[random.below(faults.length)]
    if (!fault || nowMs() > untilMs) return done
    const began = nowMs()
    const text = await fault(world, random)
    done.push({ atMs: began, kind: fault.name, text: `${text} (until +${(nowMs() - began).toFixed(0)} ms)` })
  }
}
