/** What one process does with one contender; each answers operations per second, the stampede its number of loads. */
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'

const KEYS = 200
/** The heartbeats of a lease need a turn of the event loop now and then. */
const HITS_A_TURN = 2000

/** A document of so many bytes as JSON, in ASCII. */
function documentOf(bytes) {
  const item = (id) => ({ id, name: `the item of the number ${id}`, done: id % 2 === 0, weight: id / 7 })
  const items = []
  while (JSON.stringify({ items }).length < bytes - 60) items.push(item(items.length))
  const rest = bytes - JSON.stringify({ items, note: '' }).length
  return { items, note: 'x'.repeat(Math.max(0, rest)) }
}

const never = () => {
  throw new Error('every read of this workload is a hit')
}

/** Stores what the hits will find. */
export async function fill({ read }, { bytes }) {
  const document = documentOf(bytes)
  for (let index = 0; index < KEYS; index += 1) await read(keyOf(bytes, index), async () => document)
  // Some store behind the caller.
  await wait(50)
}

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

const keyOf = (bytes, index) => `document:${bytes}:${index}`

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
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return (done * 1000) / (performance.now() - began)
}
