import type { ServerInfo } from './info.ts'

/** Scripts of older servers replicate, and forget, in other ways: the log was never tried there. */
const OLDEST_MAJOR = 7

/** What is wrong with a server's version; undefined when nothing is, or it does not say. Every Valkey is new enough. */
export function versionProblem({ version }: ServerInfo, address: string): string | undefined {
  const major = Number.parseInt(version ?? '', 10)
  if (Number.isNaN(major) || major >= OLDEST_MAJOR) return undefined
  return `Redis at ${address} is of version ${version}, and Holdfast needs ${OLDEST_MAJOR}.0 or later, or Valkey`
}
