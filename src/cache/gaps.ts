import type { Random } from '../base/random.ts'

/**
 * How many reads until the next one is counted: `every` on average and never regular, or a loop that reads as many keys
 * would always be seen at the same one. A xorshift generator, since a system call per sample would cost more than counting.
 */
export function gaps(every: number, random: Random): () => number {
  let state = Buffer.from(random.id()).reduce((seed, byte) => (Math.imul(seed, 31) + byte) | 0, 1) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return 1 + ((state >>> 0) % (2 * every - 1))
  }
}
