/**
 * Reads while Redis is gone: how many a second are answered with a document, from wherever, and the 99th percentile of what
 * a caller waited. The source takes 5 ms. A read that fails counts in the waiting and not in the answers, and who waits
 * longer than 3 s is not waited for.
 */
import { setTimeout as wait } from 'node:timers/promises'

import { documentOf, keyOf, KEYS } from './documents.mjs'

const LONGEST_MS = 3000

let waitedMs = []

export async function outage({ read }, { ms, inFlight, bytes }) {
  const document = documentOf(bytes)
  const load = async () => {
    await wait(5)
    return document
  }
  waitedMs = []
  let [asked, answered] = [0, 0]
  const began = performance.now()
  const end = began + ms
  const caller = async () => {
    while (performance.now() < end) {
      asked += 1
      const from = performance.now()
      const found = await within(async () => read(keyOf(bytes, asked % KEYS), load))
      waitedMs.push(performance.now() - from)
      if (found !== undefined) answered += 1
      // Also whoever answers from memory must let timers and sockets have their turn.
      if (asked % 500 === 0) await wait(1)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return (answered * 1000) / (performance.now() - began)
}

/** Milliseconds, of the last {@link outage}. */
export function outageP99() {
  const sorted = Float64Array.from(waitedMs).sort()
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0
}

async function within(reading) {
  const giveUp = new AbortController()
  try {
    return await Promise.race([reading(), wait(LONGEST_MS, undefined, { signal: giveUp.signal })])
  } catch {
    return undefined
  } finally {
    giveUp.abort()
  }
}
