/** The cache's keys of imported sources, and the tag of what depends on which there are. */
export const sourceKeys = {
  counts: 'sources:counts',
  tag: 'sources',
  byId: (id: string) => `sources:document:${id}`,
} as const
