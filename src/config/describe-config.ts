import { formatAddress, type RedisAddress } from '../redis/url.ts'
import type { Config } from './config.ts'
import { memberOf } from './layers.ts'
import { resolvedLeaves } from './leaves.ts'
import { Secret } from './secret.ts'

/** A setting for a person's eyes. */
export interface ConfigRow {
  readonly path: string
  /** The value as text; a secret is `***`, and what is not set is `none`. */
  readonly value: string
  readonly source: string
}

/** Every setting with its value and where that came from. Shows no secret. */
export function describeConfig(config: Config): readonly ConfigRow[] {
  return resolvedLeaves.map(({ path }) => ({
    path,
    value: textOf(path.split('.').reduce<unknown>(memberOf, config)),
    source: config.sources[path] ?? '',
  }))
}

function textOf(value: unknown): string {
  if (value === null) return 'none'
  // Lists of addresses are the only lists there are.
  if (Array.isArray(value)) return value.length === 0 ? 'none' : (value as RedisAddress[]).map(formatAddress).join(', ')
  if (value instanceof Secret) return value.toString()
  return typeof value === 'string' ? value : JSON.stringify(value)
}
