/**
 * The negative controls: each takes one protection out of the engine, or out of the model's copy of a script, and the oracle
 * must notice within so many seeds. A protection whose loss nobody notices is removed.
 */
import type { Storm } from '../world/storms.ts'
import type { Change } from './patched-source.ts'

export interface Control {
  readonly name: string
  /** What is taken out. */
  readonly without: string
  readonly changes: readonly Change[]
  /** In which kind of runs it is looked for. Missing: in mixed ones. */
  readonly storm?: Storm
  readonly noticedWithin: number
}
