/**
 * Remembers what was used lately, in bounded memory: two pages, of which the older one is forgotten as a whole when the
 * younger is full. So forgetting costs nothing for each entry, and what is used stays. It holds nothing that cannot be made
 * again.
 */
export class RecentMap<Value> {
  readonly #page: number
  #current = new Map<string, Value>()
  #before = new Map<string, Value>()

  /** @param capacity how many are kept at most; half as many surely */
  constructor(capacity: number) {
    this.#page = Math.max(1, Math.floor(capacity / 2))
  }

  get(key: string): Value | undefined {
    const value = this.#current.get(key)
    if (value !== undefined) return value
    const older = this.#before.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, value: Value): void {
    if (this.#current.size >= this.#page && !this.#current.has(key)) {
      this.#before = this.#current
      this.#current = new Map()
    }
    this.#current.set(key, value)
  }

  getOrMake(key: string, make: () => Value): Value {
    const known = this.get(key)
    if (known !== undefined) return known
    const made = make()
    this.set(key, made)
    return made
  }
}
