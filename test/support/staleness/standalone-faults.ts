/**
 * What goes wrong with one server: it is killed, shut down or restarted with what it had; processes alone are cut off from it
 * while the others invalidate.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import type { PrivateRedis } from '../../../src/testing/index.ts'
import { askRedis } from '../redis-admin.ts'
import type { TcpProxy } from '../tcp-proxy.ts'
import { named, processKilled, processStopped, type Fault, type RunWorld } from './faults.ts'
import { logFaults } from './log-faults.ts'

interface World extends RunWorld {
  readonly server: PrivateRedis
  /** The way to the server of some of the workers. */
  readonly ways: readonly [TcpProxy, ...TcpProxy[]]
}

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
  async function streamTrimmed({ server, namespace }) {
    await askRedis(server.port, 'XTRIM', `hf:{${namespace}}:log`, 'MAXLEN', 1)
    return 'stream of the log trimmed to one record'
  },
]

/** Of one server, which some of the workers reach through a proxy. */
export function standaloneFaults(server: PrivateRedis, ways: World['ways']): readonly Fault[] {
  const own = FAULTS.map((fault) => named(fault.name, (world, random) => fault({ ...world, server, ways }, random)))
  return [...own, ...logFaults(async () => server), processStopped, processKilled]
}
