import type { FeatureListName } from './feature.ts'

/** The cache's keys of feature requests. */
export const featureKeys = {
  list: (name: FeatureListName) => `features:list:${name}`,
  revisions: 'features:revisions',
  byId: (id: string) => `features:${id}`,
} as const
