/** The cache's keys of requirements. */
export const requirementKeys = {
  latest: 'requirements:latest',
  versions: 'requirements:versions',
  byId: (versionId: number) => `requirements:${versionId}`,
} as const
