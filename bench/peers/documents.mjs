/** What is cached: documents of so many bytes as JSON, in ASCII, under the same keys for every contender. */
import { setTimeout as wait } from 'node:timers/promises'

export const KEYS = 200

export const keyOf = (bytes, index) => `document:${bytes}:${index}`

export function documentOf(bytes) {
  const item = (id) => ({ id, name: `the item of the number ${id}`, done: id % 2 === 0, weight: id / 7 })
  const items = []
  while (JSON.stringify({ items }).length < bytes - 120) items.push(item(items.length))
  const rest = bytes - JSON.stringify({ items, note: '' }).length
  return { items, note: 'x'.repeat(Math.max(0, rest)) }
}

/** The loader of those who only hit. */
export const never = () => {
  throw new Error('every read of this workload is a hit')
}

/** Stores what the hits will find. */
export async function fill({ read }, { bytes }) {
  const document = documentOf(bytes)
  for (let index = 0; index < KEYS; index += 1) await read(keyOf(bytes, index), async () => document)
  // Some store behind the caller.
  await wait(50)
}
