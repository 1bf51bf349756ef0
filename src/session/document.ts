/**
 * What a session is, in the form that is sealed. The application's data are one part of it; who is logged in and until when
 * it may live are others, which no `set()` reaches.
 */
import { parseSafely, writeSafely } from './plain-json.ts'

/** The application's data: a null-prototype object, so that no name in it is inherited. */
export type SessionData = Record<string, unknown>

/** Who is logged in. */
export interface Login {
  readonly user: string
  /** When the credentials were last seen. */
  readonly atMs: number
  /** What the list of devices calls it. */
  readonly label: string
}

export interface SessionDocument {
  readonly data: SessionData
  readonly login?: Login
  readonly createdMs: number
  /** When it ends, whatever is done with it. Sealed, so that nobody who writes to Redis can put it off. */
  readonly endsMs: number
  /** The key of the ring that it began under. When that key is taken away, it ends: its user's index goes with the key. */
  readonly birthKey: number
}

interface Written {
  readonly v: 1
  readonly d: unknown
  readonly u?: unknown
  readonly a?: unknown
  readonly l?: unknown
  readonly c: unknown
  readonly x: unknown
  readonly k: unknown
}

/** @returns undefined when the data hold something that JSON cannot, or must not, carry */
export function writeDocument({ data, login, createdMs, endsMs, birthKey }: SessionDocument): string | undefined {
  const written: Written = {
    v: 1,
    d: data,
    ...(login && { u: login.user, a: login.atMs, l: login.label }),
    c: createdMs,
    x: endsMs,
    k: birthKey,
  }
  return writeSafely(written)
}

/** @returns undefined for anything but what {@link writeDocument} writes */
export function readDocument(text: string): SessionDocument | undefined {
  const written = parseSafely(text)
  if (!isObject(written) || written['v'] !== 1 || !isObject(written['d'])) return undefined
  const { u: user, a: atMs, l: label, c: createdMs, x: endsMs, k: birthKey } = written
  if (!isWhole(createdMs) || !isWhole(endsMs) || !isWhole(birthKey)) return undefined
  const rest = { data: dataOf(written['d']), createdMs, endsMs, birthKey }
  if (user === undefined) return rest
  if (typeof user !== 'string' || !isWhole(atMs) || typeof label !== 'string') return undefined
  return { ...rest, login: { user, atMs, label } }
}

/** A copy of its first level. */
export function dataOf(from: Readonly<Record<string, unknown>> = {}): SessionData {
  return Object.assign(Object.create(null), from) as SessionData
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
