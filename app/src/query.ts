import { unprocessable } from './errors.ts'

/** A whole number of the query. @throws HttpError 422 */
export function readWhole(
  name: string,
  text: unknown,
  { fallback, min, max }: { readonly fallback: number; readonly min: number; readonly max: number },
): number {
  if (text === undefined) return fallback
  const number = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  const msg = `${name} must be a whole number from ${min} to ${max}`
  throw unprocessable([{ type: 'int_range', loc: ['query', name], msg, input: text }])
}

/** One of a few words of the query; undefined when it is not given. @throws HttpError 422 */
export function readWord<T extends string>(name: string, text: unknown, words: readonly T[]): T | undefined {
  if (text === undefined) return undefined
  const known = words.find((one) => one === text)
  if (known !== undefined) return known
  const msg = `${name} must be one of ${words.join(', ')}`
  throw unprocessable([{ type: 'enum', loc: ['query', name], msg, input: text }])
}
