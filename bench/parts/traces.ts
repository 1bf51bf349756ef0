/** Requests for keys, as numbers, the same in every run. */
import { randomFrom } from './random.ts'

export interface Trace {
  readonly name: string
  readonly requests: Int32Array
}

const KEYS = 100_000
const REQUESTS = 300_000

/** Draws keys so that the n-th is asked for n^−0.9 as often as the first, as web caches see it. */
function zipf(seed: number): () => number {
  const random = randomFrom(seed)
  const upTo = new Float64Array(KEYS)
  let sum = 0
  for (let rank = 0; rank < KEYS; rank += 1) upTo[rank] = sum += (rank + 1) ** -0.9
  return () => {
    const drawn = random() * sum
    let low = 0
    let high = KEYS - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((upTo[middle] ?? 0) < drawn) low = middle + 1
      else high = middle
    }
    return low
  }
}

const trace = (name: string, request: (at: number) => number): Trace => ({
  name,
  requests: Int32Array.from({ length: REQUESTS }, (_, at) => request(at)),
})

/** @param capacity how many keys the caches of this run hold */
export function traces(capacity: number): readonly Trace[] {
  const plain = zipf(1)
  const scanned = zipf(2)
  const among = randomFrom(3)
  const shifting = zipf(4)
  return [
    trace('Zipf 0.9', plain),
    trace('Zipf 0.9 and 20 % scan', (at) => (among() < 0.2 ? KEYS + at : scanned())),
    trace('loop of 1.2 times the capacity', (at) => at % Math.floor(capacity * 1.2)),
    // Every tenth of the trace the whole popularity moves to keys that nobody asked for before.
    trace('Zipf 0.9, working set shifts', (at) => shifting() + Math.floor((at * 10) / REQUESTS) * KEYS),
  ]
}
