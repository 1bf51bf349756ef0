/**
 * L1: decoded values of this process, bounded by entries and by bytes. It knows nothing of freshness: what it returns is
 * judged by whoever reads it. Nor of the order in which entries leave: that is its eviction's.
 *
 * The bytes it counts are what an entry takes on the heap: what its caller says the value takes (heap-bytes.ts tells), and
 * what keeping any entry takes. They are within the bound after every call.
 */
import type { Eviction, Held } from './eviction.ts'
import { createS3Fifo } from './s3-fifo.ts'

export interface MemoryStoreOptions {
  readonly maxEntries: number
  readonly maxBytes: number
  /** @default S3-FIFO */
  readonly eviction?: Eviction
  /** What keeping an entry takes besides its value. @default as measured on Node 24: bench/l1-memory.ts */
  readonly overheadOf?: (key: string) => number
}

export interface MemoryStore<Value> {
  get(key: string): Value | undefined
  /** Keeps a value of so many bytes, evicting others for it. One larger than the whole store is not kept. */
  set(key: string, value: Value, bytes: number): void
  delete(key: string): void
  clear(): void
  readonly size: number
  readonly bytes: number
  /** How many entries left for want of room. */
  readonly evicted: number
}

interface Node<Value> extends Held {
  value: Value
  bytes: number
}

export function createMemoryStore<Value>({
  maxEntries,
  maxBytes,
  eviction = createS3Fifo(maxEntries),
  overheadOf = entryBytes,
}: MemoryStoreOptions): MemoryStore<Value> {
  const nodes = new Map<string, Node<Value>>()
  let bytes = 0
  let evicted = 0

  const remove = (node: Node<Value>): void => {
    eviction.remove(node)
    nodes.delete(node.key)
    bytes -= node.bytes
  }
  const insert = (node: Node<Value>): void => {
    eviction.insert(node)
    nodes.set(node.key, node)
    bytes += node.bytes
  }
  /** In its place, and as one that was asked for: a hot entry that is refreshed does not begin again as a new one. */
  const replace = (node: Node<Value>, value: Value, size: number): void => {
    node.value = value
    bytes += size - node.bytes
    node.bytes = size
    eviction.hit(node)
    // Should it be its own victim, it is what leaves last: others make room for it.
    while (bytes > maxBytes && nodes.size > 1 && evictOther(node));
  }
  const evictOther = (spared: Node<Value>): boolean => {
    const victim = eviction.victim()
    if (victim !== spared) return evictOne()
    eviction.remove(spared)
    const others = evictOne()
    eviction.insert(spared)
    return others
  }
  const evictOne = (): boolean => {
    const victim = eviction.victim()
    const node = victim && nodes.get(victim.key)
    if (!node) return false
    remove(node)
    evicted += 1
    return true
  }

  return {
    get(key) {
      const node = nodes.get(key)
      if (node) eviction.hit(node)
      return node?.value
    },
    set(key, value, valueBytes) {
      const size = valueBytes + overheadOf(key)
      const existing = nodes.get(key)
      if (size > maxBytes) {
        if (existing) remove(existing)
      } else if (existing) {
        replace(existing, value, size)
      } else {
        while ((nodes.size >= maxEntries || bytes + size > maxBytes) && evictOne());
        insert({ key, value, bytes: size, mark: 0, newer: undefined, older: undefined })
      }
    },
    delete(key) {
      const node = nodes.get(key)
      if (node) remove(node)
    },
    clear() {
      nodes.clear()
      eviction.clear()
      bytes = 0
    },
    get size() {
      return nodes.size
    },
    get bytes() {
      return bytes
    },
    get evicted() {
      return evicted
    },
  }
}

/** The node (72), its place in the Map's table (about 40: that doubles), the key's head and what joining it left (24). */
const NODE_BYTES = 136

function entryBytes(key: string): number {
  return NODE_BYTES + 16 + key.length
}
