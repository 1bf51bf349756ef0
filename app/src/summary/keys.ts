/** The cache's key of the summary. */
export const summaryKeys = { summary: 'summary' } as const
