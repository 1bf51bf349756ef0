/**
 * Globs that were invalidated, each with its position: an entry whose key one matches and whose load began before it is not
 * current. They cannot be looked up, only tried one by one, so there are never many: see the fold in marks.ts.
 */
import { KeyError } from '../base/errors.ts'
import { compileGlob, type Glob } from '../keys/glob.ts'
import type { Target } from '../keys/target.ts'

interface Tomb {
  readonly glob: Glob
  readonly position: number
}

export class Tombs {
  readonly #tombs = new Map<Target, Tomb>()
  #newest = 0

  get size(): number {
    return this.#tombs.size
  }

  add(target: Target, position: number): void {
    const known = this.#tombs.get(target)
    if (known && known.position >= position) return
    const glob = known?.glob ?? compiled(target.slice(2))
    this.#tombs.delete(target)
    this.#tombs.set(target, { glob, position })
    this.#newest = Math.max(this.#newest, position)
  }

  /** Whether any glob newer than `position` matches `key`. */
  cover(key: () => string, position: number): boolean {
    if (this.#newest <= position) return false
    const text = key()
    for (const tomb of this.#tombs.values()) if (tomb.position > position && tomb.glob.matches(text)) return true
    return false
  }

  /** The globs newer than `position` that match `key`. */
  covering(key: string, position: number): { readonly target: Target; readonly position: number }[] {
    return [...this.#tombs]
      .filter(([, tomb]) => tomb.position > position && tomb.glob.matches(key))
      .map(([target, tomb]) => ({ target, position: tomb.position }))
  }

  positions(): number[] {
    return [...this.#tombs.values()].map(({ position }) => position)
  }

  /** Forgets the globs up to `floor`, which the floor stands for now. */
  drop(floor: number): void {
    for (const [target, { position }] of this.#tombs) if (position <= floor) this.#tombs.delete(target)
  }

  clear(): void {
    this.#tombs.clear()
    this.#newest = 0
  }
}

// A glob that a later version wrote and this one cannot read covers everything: a miss too many, never a stale value.
function compiled(text: string): Glob {
  try {
    return compileGlob(text)
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    return { text, matches: () => true }
  }
}
