/**
 * Numbers that JavaScript cannot hold: beyond 2^53, with more digits than a double has, or written in another way than it
 * would write them. Such a number stays the text it came as, in the form that `JSON.stringify` writes out unquoted. Compared
 * and added are decimals, exactly.
 */
import type { Json } from './json.ts'

interface RawJson {
  readonly rawJSON: string
}

interface ExactJson {
  rawJSON(text: string): RawJson
  isRawJSON(value: unknown): value is RawJson
}

// Part of the language since 2025, and not yet of TypeScript's library.
const exact = JSON as unknown as ExactJson

/** A number is digits × 10^exponent. */
interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/** Whether it is a number that is kept as its text. */
export function isExactNumber(value: unknown): boolean {
  return exact.isRawJSON(value)
}

/** Whether it is a number, in whichever form. */
export function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number' || isExactNumber(value)
}

/** A number as its text says, in the simpler form where nothing is lost by it. */
export function numberOf(text: string): Json {
  const simple = Number(text)
  // Infinity stays what it is: a limit refuses it. What is too small to tell from zero is zero.
  if (String(simple) === text || !Number.isFinite(simple) || (simple === 0 && /[1-9]/.test(text))) return simple
  return exact.rawJSON(text) as unknown as Json
}

/** The text of a number, the same for all that are equal. */
export function plainText(value: Json): string {
  const { digits, exponent } = normal(decimalOf(value))
  return `${digits}${exponent === 0 ? '' : `e${exponent}`}`
}

/** @returns a negative number when `one` is less, zero when they are equal */
export function compareNumbers(one: Json, other: Json): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  const [left, right] = aligned(decimalOf(one), decimalOf(other))
  return left < right ? -1 : left > right ? 1 : 0
}

export function add(one: Json, other: Json): Json {
  const [a, b] = [decimalOf(one), decimalOf(other)]
  const [left, right] = aligned(a, b)
  return written({ digits: left + right, exponent: Math.min(a.exponent, b.exponent) })
}

export function multiply(one: Json, other: Json): Json {
  const [a, b] = [decimalOf(one), decimalOf(other)]
  return written({ digits: a.digits * b.digits, exponent: a.exponent + b.exponent })
}

function aligned(one: Decimal, other: Decimal): readonly [bigint, bigint] {
  const exponent = Math.min(one.exponent, other.exponent)
  return [shifted(one, exponent), shifted(other, exponent)]
}

function shifted({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to)
}

function decimalOf(value: Json): Decimal {
  const text = exact.isRawJSON(value) ? value.rawJSON : String(value)
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  return normal({ digits: BigInt(`${sign}${whole}${fraction}`), exponent: Number(exponent) - fraction.length })
}

function normal({ digits, exponent }: Decimal): Decimal {
  if (digits === 0n) return { digits, exponent: 0 }
  let [short, power] = [digits, exponent]
  while (short % 10n === 0n) {
    short /= 10n
    power += 1
  }
  return { digits: short, exponent: power }
}

function written(decimal: Decimal): Json {
  const { digits, exponent } = normal(decimal)
  if (exponent >= 0 && exponent < 40) return numberOf(String(digits * 10n ** BigInt(exponent)))
  if (exponent >= 0 || exponent < -40) return numberOf(`${digits}e${exponent}`)
  const text = String(digits < 0n ? -digits : digits).padStart(1 - exponent, '0')
  const point = text.length + exponent
  return numberOf(`${digits < 0n ? '-' : ''}${text.slice(0, point)}.${text.slice(point)}`)
}
