import { createRedis, isHoldfastError } from 'holdfast'
import { privateRedis } from 'holdfast/testing'
import { Redis as Client } from 'ioredis'

import { median } from '../support/statistics.ts'

/** What an operation costs while the breaker is open. */
export interface RefusalCost {
  readonly microsecondsPerCall: number
  readonly calls: number
  /** Commands that Redis counted during those calls, by its own statistics. */
  readonly commandsSent: number
}

const ROUNDS = 9
const CALLS_PER_ROUND = 20_000

/**
 * Opens the breaker by freezing a server, thaws it, and calls: the server could answer again, so that a command that slips
 * through is counted.
 */
export async function refusalCost(): Promise<RefusalCost> {
  await using server = await privateRedis()
  // Neither a probe of the breaker nor a check of health falls into the measurement.
  await using redis = createRedis({ url: server.url, breaker: { openFor: '1h' }, healthInterval: '1h' })
  const observer = new Client(server.port, server.host)
  try {
    await redis.ready()
    await observer.ping()
    server.signal('SIGSTOP')
    const outcomes = await Promise.allSettled(Array.from({ length: 64 }, (_, index) => readLater(redis, index)))
    server.signal('SIGCONT')
    if (!outcomes.every(({ status }) => status === 'rejected')) throw new Error('A frozen server has answered')
    await observer.ping()
    await observer.config('RESETSTAT')
    const rounds: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await microsecondsPerRefusal(redis))
    return {
      microsecondsPerCall: median(rounds),
      calls: ROUNDS * CALLS_PER_ROUND,
      commandsSent: commandsIn(await observer.info('commandstats')),
    }
  } finally {
    observer.disconnect()
  }
}

type Reader = Pick<ReturnType<typeof createRedis>, 'get'>

/** In turns of their own, or all of them would be one command, and one failure does not open the breaker. */
async function readLater(redis: Reader, index: number): Promise<unknown> {
  for (let turn = 0; turn < index; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  return redis.get(`bench:refused:${index}`)
}

async function microsecondsPerRefusal(redis: Reader): Promise<number> {
  const began = performance.now()
  for (let call = 0; call < CALLS_PER_ROUND; call += 1) await refused(redis)
  return ((performance.now() - began) * 1000) / CALLS_PER_ROUND
}

async function refused(redis: Reader): Promise<void> {
  try {
    await redis.get('bench:refused')
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'ERR_HOLDFAST_CIRCUIT_OPEN') return
    throw error
  }
  throw new Error('The breaker is not open: a read was let through')
}

/** The sum of a server's command statistics, less those by which they are asked for. */
function commandsIn(statistics: string): number {
  const counts = [...statistics.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
  const ours = counts.filter(([, name = '']) => name !== 'info' && name !== 'config|resetstat')
  return ours.reduce((sum, [, , calls]) => sum + Number(calls), 0)
}
