import type { Moment } from '../log/moment.ts'
import type { ResolvedLoadOptions } from './read-options.ts'
import type { Loader } from './run-loader.ts'

/** One read of a key: when it began, and how a missing value is to be had. */
export interface Read {
  readonly key: string
  readonly began: Moment
  readonly loader: Loader<unknown>
  readonly options: ResolvedLoadOptions
}
