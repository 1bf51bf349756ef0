/**
 * Cuts single processes off from Redis on topologies where no proxy can stand between, since clients ask there where to
 * go: each process logs in as a user of its own, whose connections every server closes as soon as they are made.
 */
import { setTimeout as pause } from 'node:timers/promises'

import type { PrivateRedis } from '../../../src/testing/index.ts'
import { askRedis } from '../redis-admin.ts'
import { named, type Fault } from './faults.ts'

const EVERY_MS = 5

const userOf = (worker: number): string => `process-${worker}`

/** Arguments of a server that knows the users of some processes. */
export function usersOf(workers: number): string[] {
  return Array.from({ length: workers }, (_, worker) => [
    '--user',
    userOf(worker),
    'on',
    'nopass',
    '~*',
    '&*',
    '+@all',
  ]).flat()
}

/** How a process logs in. */
export function loginOf(worker: number): { readonly username: string; readonly password: string } {
  return { username: userOf(worker), password: 'any' }
}

/** The same as part of a URL. */
export function asUser(worker: number, url: string): string {
  const { username, password } = loginOf(worker)
  return url.replace('://', `://${username}:${password}@`)
}

/** One process without a connection that lasts, to no server, while the others go on. */
export function processCutOff(servers: readonly PrivateRedis[]): Fault {
  return named('processCutOff', async ({ workers, boundMs }, random) => {
    const worker = random.below(workers.length)
    const untilMs = performance.now() + boundMs / 2 + random.below(2 * boundMs)
    let closed = 0
    while (performance.now() < untilMs) {
      const kills = servers.map(({ port }) => askRedis(port, 'CLIENT', 'KILL', 'USER', userOf(worker)))
      for (const kill of await Promise.allSettled(kills)) closed += kill.status === 'fulfilled' ? Number(kill.value) : 0
      await pause(EVERY_MS)
    }
    return `process ${worker} cut off from every server, ${closed} of its connections closed`
  })
}
