/** What one process does with one contender; each answers operations per second, the stampede its number of loads. */
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'

import { documentOf, keyOf, KEYS, never } from './documents.mjs'
import { mixed } from './mixed.mjs'

/** The heartbeats of a lease need a turn of the event loop now and then. */
const HITS_A_TURN = 2000
const KEYS_AT_ONCE = 50

export const workloads = {
  async memoryHit({ read }, { ms, bytes }) {
    const keys = Array.from({ length: KEYS }, (_, index) => keyOf(bytes, index))
    let hits = 0
    const began = performance.now()
    while (performance.now() - began < ms) {
      for (let hit = 0; hit < HITS_A_TURN; hit += 1) await read(keys[hit % KEYS], never)
      hits += HITS_A_TURN
      await turn()
    }
    return (hits * 1000) / (performance.now() - began)
  },

  async hit({ read }, { ms, inFlight, bytes }) {
    return closedLoop(ms, inFlight, (index) => read(keyOf(bytes, index % KEYS), never))
  },

  async miss({ read }, { ms, inFlight, bytes }) {
    const document = documentOf(bytes)
    const run = `miss:${process.pid}:${Math.random()}`
    return closedLoop(ms, inFlight, (index) => read(`${run}:${index}`, async () => document))
  },

  /** Keys per second, so many of them in each call. */
  async many({ readMany }, { ms, inFlight, bytes }) {
    const keys = Array.from({ length: KEYS_AT_ONCE }, (_, index) => keyOf(bytes, index))
    return KEYS_AT_ONCE * (await closedLoop(ms, inFlight, () => readMany(keys)))
  },

  async mixed(contender, { ms, inFlight, bytes }) {
    return closedLoop(ms, inFlight, mixed(contender, { bytes }))
  },

  async stampede({ read }, { key, callers }) {
    let loads = 0
    const load = async () => {
      loads += 1
      await wait(100)
      return documentOf(1000)
    }
    await Promise.all(Array.from({ length: callers }, () => read(key, load)))
    return loads
  },
}

async function closedLoop(ms, inFlight, operation) {
  let asked = 0
  let done = 0
  const began = performance.now()
  const end = began + ms
  const caller = async () => {
    while (performance.now() < end) {
      asked += 1
      await operation(asked)
      done += 1
      if (done % HITS_A_TURN === 0) await turn()
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return (done * 1000) / (performance.now() - began)
}
