/**
 * Who leaves when there is no room: the order that a memory store keeps its entries in, behind one interface, so that
 * policies can be measured against each other. A policy orders what it is told of; it neither counts bytes nor frees any.
 */

/** An entry as its policy sees it. `mark` and the links belong to the policy alone. */
export interface Held {
  readonly key: string
  mark: number
  newer: Held | undefined
  older: Held | undefined
}

export interface Eviction {
  /** A new entry, not known to the policy. */
  insert(held: Held): void
  hit(held: Held): void
  /** An entry that leaves, whoever decided that. */
  remove(held: Held): void
  /** Who is to leave next; undefined when there is nobody. The store removes it then. */
  victim(): Held | undefined
  clear(): void
}
