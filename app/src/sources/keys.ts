/** The cache's key and tag of imported sources. */
export const sourceKeys = { counts: 'sources:counts', tag: 'sources' } as const
