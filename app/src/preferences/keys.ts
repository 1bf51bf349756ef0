/** The cache's keys of preferences. An account's id is no name, so none stands in a key. */
export const preferenceKeys = { byId: (id: string) => `preferences:${id}` } as const
