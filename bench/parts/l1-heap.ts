/** A process of its own, so that no one else's garbage is counted: fills a memory store with one shape, says what it took. */
import { heapBytes } from '../../src/store/heap-bytes.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { documentOf, SHAPES } from './documents.ts'
import { randomFrom } from './random.ts'

const [wanted, size] = process.argv.slice(2)
const shape = SHAPES.find((shape) => shape === wanted)
const bytes = Number(size)
const { gc } = globalThis
if (!shape || !gc || !(bytes > 0)) throw new Error('usage: node --expose-gc l1-heap.ts <shape> <bytes>')

const BUDGET = 12 * 1024 * 1024
const random = randomFrom(7)
const store = createMemoryStore<unknown>({ maxEntries: 10_000_000, maxBytes: BUDGET })
const heap = (): number => {
  gc()
  gc()
  return process.memoryUsage().heapUsed
}
// Compiled and warm before the first figure is taken.
for (let at = 0; at < 200; at += 1) store.set(`features:${at}`, parsed(), heapBytes(parsed()))
store.clear()

const before = heap()
// Past the budget by a fifth, so that evictions have happened, as in any cache that runs for long.
for (let at = 0, written = 0; written < BUDGET * 1.2; at += 1) {
  const value = parsed()
  const taken = heapBytes(value)
  store.set(`features:${at}`, value, taken)
  written += taken + 160
}
const grown = heap() - before
process.stdout.write(`${JSON.stringify({ shape, bytes, entries: store.size, accounted: store.bytes, grown })}\n`)

function parsed(): unknown {
  return JSON.parse(JSON.stringify(documentOf(shape ?? 'text', bytes, random)))
}
