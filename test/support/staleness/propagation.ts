/**
 * How long an invalidation takes to be known elsewhere, as reads show it: from its acknowledgement to the beginning of the
 * first read, in each other process, that was answered by a load which began after its call. So the time between two reads of
 * a key is in it, and a process that did not read the key within a second is left out.
 */
import type { InvalidationRecord, ReadRecord } from './history.ts'

const LOOKED_FOR_MS = 1000

export function propagation(
  reads: readonly ReadRecord[],
  invalidations: readonly InvalidationRecord[],
): readonly number[] {
  const byPlace = Map.groupBy(reads, ({ worker, key }) => placeOf(worker, key))
  for (const some of byPlace.values()) some.sort((left, right) => left.beganMs - right.beganMs)
  const workers = new Set(reads.map(({ worker }) => worker))
  return invalidations.flatMap(({ worker, keys, calledMs, acknowledgedMs }) => {
    if (acknowledgedMs === undefined) return []
    return [...workers].flatMap((other) => {
      if (other === worker) return []
      return keys.flatMap((key) => {
        const after = readsFrom(byPlace.get(placeOf(other, key)) ?? [], acknowledgedMs)
        const knowing = after.find(({ value }) => value.loadedMs > calledMs)
        return knowing ? [knowing.beganMs - acknowledgedMs] : []
      })
    })
  })
}

const placeOf = (worker: number, key: string): string => `${worker} ${key}`

/** Those that began in the second from a moment on. */
function readsFrom(sorted: readonly ReadRecord[], fromMs: number): readonly ReadRecord[] {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle]?.beganMs ?? 0) < fromMs) low = middle + 1
    else high = middle
  }
  const until = sorted.findIndex(({ beganMs }, at) => at >= low && beganMs > fromMs + LOOKED_FOR_MS)
  return sorted.slice(low, until === -1 ? undefined : until)
}
