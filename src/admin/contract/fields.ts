/** What a request may hold: the fields that bodies and queries share. Everything a caller sends is bounded here. */
import * as v from 'valibot'

/** Longest text of a caller that is kept: keys, tags and patterns have their own bound, 1024 bytes. */
const MAX_REASON = 500
const MAX_NAMES = 200

/** A text without control characters: it stands in logs and in the audit trail, where a line break would forge a line. */
export function line(max: number): v.GenericSchema<string> {
  return v.pipe(v.string(), v.maxLength(max), v.regex(/^\P{Cc}*$/u, 'must not hold control characters'))
}

export function name(): v.GenericSchema<string> {
  return v.pipe(v.string(), v.minLength(1), v.maxLength(1024))
}

export function names(): v.GenericSchema<readonly string[]> {
  return v.pipe(v.array(name()), v.minLength(1), v.maxLength(MAX_NAMES))
}

export function reason(): v.GenericSchema<string> {
  return v.pipe(line(MAX_REASON), v.trim(), v.minLength(1))
}

/** The environment that the caller believes this is. */
export function environment(): v.GenericSchema<string> {
  return line(64)
}

/** A whole number in a query. */
export function count(min: number, max: number): v.GenericSchema<string, number> {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, 'must be a whole number'),
    v.transform(Number),
    v.minValue(min),
    v.maxValue(max),
  )
}
