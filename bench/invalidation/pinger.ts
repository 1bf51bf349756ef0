/**
 * Redis as somebody else sees it: a process and a plain connection of its own that sends a PING about every millisecond and
 * notes how long each answer took. Any message ends a phase, and begins the next.
 */
import { setTimeout as wait } from 'node:timers/promises'

import { Redis as Client } from 'ioredis'

import { sharedNowMs } from './moment.ts'

/** The answer to any message, which ends a phase and begins the next. */
export type PingerWord =
  | { readonly word: 'ready' }
  | { readonly word: 'phase-ended'; readonly latenciesMs: readonly number[] }

const client = new Client({ host: '127.0.0.1', port: Number(process.argv[2]), enableReadyCheck: false })
const say = (word: PingerWord): void => void process.send?.(word)
let latenciesMs: number[] = []
let running = true

process.on('message', () => {
  say({ word: 'phase-ended', latenciesMs })
  latenciesMs = []
})
process.on('disconnect', () => {
  running = false
})
await client.ping()
say({ word: 'ready' })
while (running) {
  const beganMs = sharedNowMs()
  await client.ping()
  latenciesMs.push(sharedNowMs() - beganMs)
  await wait(1)
}
client.disconnect()
