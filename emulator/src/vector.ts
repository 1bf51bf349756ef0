/**
 * Vectors, as 32-bit floats. Each is sent as an array of numbers or as `{"$binary": …}`, base64 of big-endian floats, and is
 * stored as it was sent. A search here looks at every vector: it is exact, where the service's is a good guess.
 */
import { DataApiError } from './errors.ts'
import { fieldOf, isArray, isObject, type Json, type JsonObject } from './json.ts'

export const metrics = ['cosine', 'dot_product', 'euclidean'] as const

export interface VectorSettings {
  readonly dimension: number
  readonly metric: (typeof metrics)[number]
}

/** @throws DataApiError when it is no vector of this collection */
export function readVector(value: Json, settings: VectorSettings | undefined): Float32Array {
  if (settings === undefined) throw invalid('the collection was created without vectors')
  const vector = isArray(value) ? fromArray(value) : fromBinary(value)
  if (vector.length === settings.dimension) return vector
  throw invalid(`it has ${vector.length} dimensions, and those of the collection ${settings.dimension}`)
}

/** From 0 to 1, the nearer the greater, as the service computes it. */
export function similarity(one: Float32Array, other: Float32Array, { metric }: VectorSettings): number {
  const dot = sum(one, (value, at) => value * (other[at] ?? 0))
  switch (metric) {
    case 'cosine': {
      const lengths = Math.sqrt(sum(one, (value) => value * value)) * Math.sqrt(sum(other, (value) => value * value))
      return Math.fround((1 + (lengths === 0 ? 0 : dot / lengths)) / 2)
    }
    case 'dot_product':
      return Math.fround((1 + dot) / 2)
    case 'euclidean':
      return Math.fround(1 / (1 + sum(one, (value, at) => (value - (other[at] ?? 0)) ** 2)))
  }
}

/** How near a document is to `target`; undefined when it has no vector. */
export function similarityOf(document: JsonObject, target: Float32Array, settings: VectorSettings): number | undefined {
  const value = fieldOf(document, '$vector') ?? null
  return value === null ? undefined : similarity(readVector(value, settings), target, settings)
}

/** A vector as an answer carries it. */
export function writtenVector(vector: Float32Array): Json {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [at, value] of vector.entries()) bytes.writeFloatBE(value, at * 4)
  return { $binary: bytes.toString('base64') }
}

/** The settings in the options of a collection. @throws DataApiError */
export function parseVectorSettings(options: Json | undefined): VectorSettings | undefined {
  if (!isObject(options)) return undefined
  const dimension = fieldOf(options, 'dimension')
  const metric = fieldOf(options, 'metric') ?? 'cosine'
  if (typeof dimension !== 'number' || !Number.isInteger(dimension) || dimension < 1 || dimension > 4096) {
    throw badOptions('dimension must be an integer from 1 to 4096')
  }
  const known = metrics.find((name) => name === metric)
  if (known === undefined) throw badOptions(`metric must be one of ${metrics.join(', ')}`)
  if (fieldOf(options, 'service') !== undefined) throw badOptions('this emulator computes no embeddings')
  return { dimension, metric: known }
}

function fromArray(value: readonly Json[]): Float32Array {
  if (value.length === 0 || value.some((each) => typeof each !== 'number')) {
    throw invalid('it must be an array of numbers, and not empty')
  }
  return Float32Array.from(value as readonly number[])
}

function fromBinary(value: Json): Float32Array {
  const text = isObject(value) ? fieldOf(value, '$binary') : undefined
  const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : Buffer.alloc(1)
  if (bytes.length === 0 || bytes.length % 4 !== 0) throw invalid("it must be an array of numbers, or {'$binary': …}")
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatBE(at * 4))
}

function sum(vector: Float32Array, of: (value: number, at: number) => number): number {
  let total = 0
  for (const [at, value] of vector.entries()) total += of(value, at)
  return total
}

function invalid(problem: string): DataApiError {
  return new DataApiError('SHRED_BAD_VECTOR_VALUE', `Bad $vector value: ${problem}.`)
}

function badOptions(problem: string): DataApiError {
  return new DataApiError(
    'INVALID_CREATE_COLLECTION_OPTIONS',
    `'createCollection' command option(s) invalid: ${problem}. Resend 'createCollection' with valid options.`,
  )
}
