/**
 * What an invalidation reaches, decided anew and plainly: the oracle shares no code with the engine that it judges.
 */
export interface Named {
  readonly keys?: readonly string[]
  readonly tags?: readonly string[]
  readonly pattern?: string
  readonly all?: true
}

export function reaches(named: Named, key: string, tags: readonly string[]): boolean {
  if (named.all || named.keys?.includes(key)) return true
  if (named.tags?.some((tag) => tags.includes(tag))) return true
  return named.pattern !== undefined && matches(named.pattern, key)
}

/** The patterns that the workload uses have `*` and `?` only. */
function matches(pattern: string, key: string): boolean {
  const source = pattern
    .replace(/[^\w*?]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
  return new RegExp(`^${source}$`, 's').test(key)
}
