/**
 * L1: decoded values of this process, bounded by entries and by bytes, evicted by SIEVE. It knows nothing of freshness:
 * what it returns is judged by whoever reads it.
 *
 * SIEVE (Zhang et al., NSDI 2024): new entries enter at the head; a hit only sets a bit; the hand walks from the tail
 * towards the head, spares what was visited once, and evicts the first that was not. A hit moves nothing, which makes it
 * cheaper than LRU, and what is asked for once leaves sooner.
 */
export interface MemoryStoreOptions {
  readonly maxEntries: number
  readonly maxBytes: number
}

export interface MemoryStore<Value> {
  get(key: string): Value | undefined
  /** Keeps a value, evicting others for it. One larger than the whole store is not kept. */
  set(key: string, value: Value, bytes: number): void
  delete(key: string): void
  clear(): void
  readonly size: number
  readonly bytes: number
}

interface Node<Value> {
  readonly key: string
  value: Value
  bytes: number
  visited: boolean
  newer: Node<Value> | undefined
  older: Node<Value> | undefined
}

export function createMemoryStore<Value>({ maxEntries, maxBytes }: MemoryStoreOptions): MemoryStore<Value> {
  const nodes = new Map<string, Node<Value>>()
  let head: Node<Value> | undefined
  let tail: Node<Value> | undefined
  let hand: Node<Value> | undefined
  let bytes = 0

  const unlink = (node: Node<Value>): void => {
    if (node.newer) node.newer.older = node.older
    else head = node.older
    if (node.older) node.older.newer = node.newer
    else tail = node.newer
    if (hand === node) hand = node.newer
    nodes.delete(node.key)
    bytes -= node.bytes
  }
  const evictOne = (): void => {
    let candidate = hand ?? tail
    while (candidate?.visited) {
      candidate.visited = false
      candidate = candidate.newer ?? tail
    }
    hand = candidate
    if (candidate) unlink(candidate)
  }
  const insert = (key: string, value: Value, size: number): void => {
    const node: Node<Value> = { key, value, bytes: size, visited: false, newer: undefined, older: head }
    if (head) head.newer = node
    else tail = node
    head = node
    nodes.set(key, node)
    bytes += size
  }

  return {
    get(key) {
      const node = nodes.get(key)
      if (node) node.visited = true
      return node?.value
    },
    set(key, value, size) {
      const existing = nodes.get(key)
      if (existing) unlink(existing)
      if (size > maxBytes) return
      while (nodes.size >= maxEntries || bytes + size > maxBytes) evictOne()
      insert(key, value, size)
    },
    delete(key) {
      const node = nodes.get(key)
      if (node) unlink(node)
    },
    clear() {
      nodes.clear()
      head = undefined
      tail = undefined
      hand = undefined
      bytes = 0
    },
    get size() {
      return nodes.size
    },
    get bytes() {
      return bytes
    },
  }
}
