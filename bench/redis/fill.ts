import type { Redis as Client } from 'ioredis'

/**
 * More keys than callers, so that no two reads under way want the same one: the read batcher asks once for a key that is
 * wanted twice, which would count as speed.
 */
const KEYS = 2048

/** Writes the values of one size and returns their keys, which end in the twelve digits that redis-benchmark writes. */
export async function fill(client: Client, sizeBytes: number): Promise<readonly string[]> {
  const keys = Array.from({ length: KEYS }, (_, index) => `${prefixOf(sizeBytes)}${String(index).padStart(12, '0')}`)
  const value = Buffer.alloc(sizeBytes, 'holdfast ')
  const pipeline = client.pipeline()
  for (const key of keys) pipeline.set(key, value)
  await pipeline.exec()
  return keys
}

export function prefixOf(sizeBytes: number): string {
  return `bench:${sizeBytes}:`
}

export { KEYS }
