import type { Path } from './path.ts'

/** What a path of a projection ends in. */
export type Leaf =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'slice'; readonly start: number; readonly length: number }

/** A part of a path that longer paths share. */
export interface Branch {
  readonly kind: 'branch'
  readonly fields: Map<string, Branch | Leaf>
}

/** @returns false when the path ends at, or leads through, the end of another */
export function addBranch(tree: Branch, path: Path, leaf: Leaf): boolean {
  const [segment, next, ...rest] = path
  const existing = tree.fields.get(segment)
  if (next === undefined) {
    if (existing !== undefined) return false
    tree.fields.set(segment, leaf)
    return true
  }
  if (existing !== undefined && existing.kind !== 'branch') return false
  const branch = existing ?? { kind: 'branch' as const, fields: new Map<string, Branch | Leaf>() }
  tree.fields.set(segment, branch)
  return addBranch(branch, [next, ...rest], leaf)
}
