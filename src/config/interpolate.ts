/**
 * Variables in the texts of a configuration file, after it has been parsed, so that no value can break out of its quotes:
 *
 *     ${NAME}           the variable; an error when it is not set
 *     ${NAME:-default}  `default` when it is not set or empty
 *     ${NAME:?message}  an error with that message when it is not set or empty
 *     $${               the two characters ${
 *
 * A value is put in as it is: what it holds is not interpolated again. A $ elsewhere is itself.
 */

export interface Interpolated {
  /** Undefined when a variable was missing or a reference could not be read. */
  readonly text: string | undefined
  readonly complaints: readonly Complaint[]
}

export interface Complaint {
  readonly what: string
  /** What to do; where a variable is missing, a verb that its name follows. */
  readonly advice: string
  readonly variable?: string
}

/** A variable's text; undefined when it is not set, null when it cannot be had for a reason that has been reported. */
export type Lookup = (name: string) => string | undefined | null

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g
const EXPRESSION = /^([A-Za-z_][A-Za-z0-9_]*)(?::([-?])(.*))?$/s

/** Whether `text` has anything to interpolate. */
export function isTemplate(text: string): boolean {
  return text.includes('${')
}

/** `template` with its variables put in. */
export function interpolate(template: string, lookup: Lookup): Interpolated {
  const complaints: Complaint[] = []
  let isWhole = true
  const text = template.replace(REFERENCE, (reference, expression: string | undefined, end: string | undefined) => {
    if (expression === undefined) return '${'
    const [, name, operator, word = ''] = EXPRESSION.exec(expression) ?? []
    if (name === undefined || end === '' || word.includes('${')) {
      complaints.push({
        what: 'has a ${ that begins no variable',
        advice:
          'write ${NAME}, ${NAME:-default} or ${NAME:?message}, one not inside another, or $${ for the characters themselves',
      })
      return reference
    }
    const value = lookup(name)
    if (value === null) {
      isWhole = false
      return reference
    }
    if (value !== undefined && (value !== '' || operator === undefined)) return value
    if (operator === '-') return word
    const reason = operator === '?' && word !== '' ? `: ${word}` : ''
    complaints.push({
      what: `needs the variable ${name}, which is ${value === undefined ? 'not set' : 'empty'}${reason}`,
      advice: 'set',
      variable: name,
    })
    return reference
  })
  return { text: isWhole && complaints.length === 0 ? text : undefined, complaints }
}
