import { createRequire } from 'node:module'

/** The version of this package, as its package.json has it. */
export const VERSION: string = String(
  (createRequire(import.meta.url)('../../package.json') as { readonly version?: unknown }).version,
)
