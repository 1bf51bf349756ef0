import { ConfigError } from '../base/errors.ts'

/** One thing that is wrong with a configuration. No field may hold a secret: all of them are shown. */
export interface Problem {
  /** The setting, `redis.port`, or whatever else is wrong, such as a file. */
  readonly path: string
  /** What is wrong, as a sentence whose subject is the path. */
  readonly what: string
  /** Where the value came from. */
  readonly source?: string | undefined
  /** What to do about it. */
  readonly advice?: string | undefined
}

export type Report = (problem: Problem) => void

const LONGEST_SHOWN = 60

/** All problems in one error, a line each. */
export function toConfigError(problems: readonly Problem[]): ConfigError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  return new ConfigError(
    `The configuration has ${count}:\n${problems.map((problem) => `  ${lineOf(problem)}`).join('\n')}`,
  )
}

/** A value in a message: shortened, without the credentials of a URL, and only its kind when it is a structure. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  const masked = value.replace(/[^\s/]*@/g, '***@')
  return JSON.stringify(masked.length > LONGEST_SHOWN ? `${masked.slice(0, LONGEST_SHOWN)}…` : masked)
}

function lineOf({ path, what, source, advice }: Problem): string {
  return `${path}: ${what}${source === undefined ? '' : ` (from ${source})`}${advice === undefined ? '' : ` — ${advice}`}`
}
