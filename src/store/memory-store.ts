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
  /** Whether any value of the key could be kept: what cannot need not be measured. */
  takes(key: string): boolean
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

export function createMemoryStore<Value>(options: MemoryStoreOptions): MemoryStore<Value> {
  return new BoundedMemory(options)
}

// A class, since an object made of functions and getters is one that V8 looks everything up in.
class BoundedMemory<Value> implements MemoryStore<Value> {
  readonly #maxEntries: number
  readonly #maxBytes: number
  readonly #eviction: Eviction
  readonly #overheadOf: (key: string) => number
  readonly #nodes = new Map<string, Node<Value>>()
  #bytes = 0
  #evicted = 0

  constructor({
    maxEntries,
    maxBytes,
    eviction = createS3Fifo(maxEntries),
    overheadOf = entryBytes,
  }: MemoryStoreOptions) {
    this.#maxEntries = maxEntries
    this.#maxBytes = maxBytes
    this.#eviction = eviction
    this.#overheadOf = overheadOf
  }

  get size(): number {
    return this.#nodes.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get evicted(): number {
    return this.#evicted
  }

  get(key: string): Value | undefined {
    const node = this.#nodes.get(key)
    if (node === undefined) return undefined
    this.#eviction.hit(node)
    return node.value
  }

  takes(key: string): boolean {
    return this.#overheadOf(key) <= this.#maxBytes
  }

  set(key: string, value: Value, valueBytes: number): void {
    const size = valueBytes + this.#overheadOf(key)
    const existing = this.#nodes.get(key)
    if (size > this.#maxBytes) {
      if (existing) this.#remove(existing)
    } else if (existing) {
      this.#replace(existing, value, size)
    } else {
      while ((this.#nodes.size >= this.#maxEntries || this.#bytes + size > this.#maxBytes) && this.#evictOne());
      this.#insert({ key, value, bytes: size, mark: 0, newer: undefined, older: undefined })
    }
  }

  delete(key: string): void {
    const node = this.#nodes.get(key)
    if (node) this.#remove(node)
  }

  clear(): void {
    this.#nodes.clear()
    this.#eviction.clear()
    this.#bytes = 0
  }

  #insert(node: Node<Value>): void {
    this.#eviction.insert(node)
    this.#nodes.set(node.key, node)
    this.#bytes += node.bytes
  }

  #remove(node: Node<Value>): void {
    this.#eviction.remove(node)
    this.#nodes.delete(node.key)
    this.#bytes -= node.bytes
  }

  /** In its place, and as one that was asked for: a hot entry that is refreshed does not begin again as a new one. */
  #replace(node: Node<Value>, value: Value, size: number): void {
    node.value = value
    this.#bytes += size - node.bytes
    node.bytes = size
    this.#eviction.hit(node)
    // Should it be its own victim, it is what leaves last: others make room for it.
    while (this.#bytes > this.#maxBytes && this.#nodes.size > 1 && this.#evictOther(node));
  }

  #evictOther(spared: Node<Value>): boolean {
    const victim = this.#eviction.victim()
    if (victim !== spared) return this.#evictOne()
    this.#eviction.remove(spared)
    const others = this.#evictOne()
    this.#eviction.insert(spared)
    return others
  }

  #evictOne(): boolean {
    const victim = this.#eviction.victim()
    const node = victim && this.#nodes.get(victim.key)
    if (!node) return false
    this.#remove(node)
    this.#evicted += 1
    return true
  }
}

/** The node (72), its place in the Map's table (about 40: that doubles), the key's head and what joining it left (24). */
const NODE_BYTES = 136

function entryBytes(key: string): number {
  return NODE_BYTES + 16 + key.length
}
