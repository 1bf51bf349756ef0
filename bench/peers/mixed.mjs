/** Reads of a million keys as web caches see them, Zipf with 0.9, and one invalidation among twenty operations. */
import { documentOf } from './documents.mjs'

const KEYS = 1_000_000
const DRAWS = 200_000

let drawn

/** Numbers of keys, the n-th as likely as n^−0.9. Drawn once: the measure is not of drawing. */
function draws() {
  if (drawn) return drawn
  const upTo = new Float64Array(KEYS)
  let sum = 0
  for (let rank = 0; rank < KEYS; rank += 1) upTo[rank] = sum += (rank + 1) ** -0.9
  drawn = Int32Array.from({ length: DRAWS }, () => {
    const lot = Math.random() * sum
    let [low, high] = [0, KEYS - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (upTo[middle] < lot) low = middle + 1
      else high = middle
    }
    return low
  })
  return drawn
}

export function mixed({ read, change }, { bytes }) {
  const document = documentOf(bytes)
  const load = async () => document
  const numbers = draws()
  let from = Math.floor(Math.random() * DRAWS)
  return (index) => {
    from = (from + 1) % DRAWS
    const key = `mixed:${numbers[from]}`
    return index % 20 === 0 ? change(key) : read(key, load)
  }
}
