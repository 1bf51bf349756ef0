import type { FeatureListName } from './feature.ts'

/** The cache's keys of feature requests. */
export const featureKeys = {
  list: (name: FeatureListName) => `features:list:${name}`,
  part: (part: number) => `features:part:${part}`,
  byId: (id: string) => `features:${id}`,
} as const
