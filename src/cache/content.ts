/**
 * What an entry holds, in the forms it was asked for: the value that a caller works with, and the JSON text that an HTTP
 * endpoint sends. Each is made from the other, or from what Redis gave, at the first ask and kept. So a cached answer that
 * is only passed on is neither parsed nor serialised, and one that is only used never keeps its text.
 */
import { hash } from 'node:crypto'

import { EncodeError } from '../base/errors.ts'
import type { RawEntry } from '../codec/entry.ts'
import { deserialise, PayloadFormat } from '../codec/serialise.ts'
import { heapBytes } from '../store/heap-bytes.ts'
import { freezeDeep } from './freeze.ts'

/** The form that a read asks for. */
export type Form = 'value' | 'json'

/** A value as JSON text, ready to be sent. */
export interface JsonText {
  /** UTF-8. Shared between readers: never write to it. */
  readonly body: Buffer
  /** A strong entity tag of exactly this text, quoted as the header wants it. */
  readonly etag: string
}

/** A payload as it was stored: its text in UTF-8, a view of the reply that it came in. */
export type RawPayload = Pick<RawEntry, 'format' | 'text'>

const NOT_MADE = Symbol('not made yet')

export class Content {
  readonly #freeze: boolean
  #value: unknown
  #json: JsonText | undefined
  #payload: RawPayload | undefined

  private constructor(freeze: boolean, value: unknown, payload?: RawPayload) {
    this.#freeze = freeze
    this.#value = value
    this.#payload = payload
  }

  static ofValue(value: unknown, freeze: boolean): Content {
    return new Content(freeze, freeze ? freezeDeep(value) : value)
  }

  static ofPayload(payload: RawPayload, freeze: boolean): Content {
    return new Content(freeze, NOT_MADE, payload)
  }

  has(form: Form): boolean {
    return form === 'value' ? this.#value !== NOT_MADE : this.#json !== undefined
  }

  /**
   * Makes the form that is asked for, and lets go of what it was made from.
   *
   * @throws DecodeError when the bytes are not what their format says; EncodeError when a value has no JSON text
   */
  make(form: Form): this {
    if (form === 'value') this.#value = this.value
    else this.#json = this.json
    this.#payload = undefined
    return this
  }

  /** What it takes on the heap, in the forms that are made. */
  get heapBytes(): number {
    return (this.has('value') ? heapBytes(this.#value) : 0) + (this.#json ? heapBytes(this.#json) : 0)
  }

  /** @throws DecodeError, unless this form was made before */
  get value(): unknown {
    if (this.#value !== NOT_MADE) return this.#value
    const payload = this.#payload ?? { format: PayloadFormat.json, text: this.#json?.body ?? Buffer.alloc(0) }
    const value = deserialise({ format: payload.format, text: payload.text.toString('utf8') })
    this.#value = this.#freeze ? freezeDeep(value) : value
    return this.#value
  }

  /** @throws DecodeError or EncodeError, unless this form was made before */
  get json(): JsonText {
    this.#json ??= jsonText(this.#payload?.format === PayloadFormat.json ? this.#payload.text : textOf(this.value))
    return this.#json
  }
}

/** @throws EncodeError (ERR_HOLDFAST_ENCODE) for what JSON has no text for: a function, undefined, a BigInt, a cycle */
export function textOf(value: unknown): Buffer {
  let text: string | undefined
  let cause: unknown
  try {
    text = JSON.stringify(value)
  } catch (error) {
    cause = error
  }
  if (text === undefined) throw new EncodeError('The value has no JSON text: see getOrSet for richer values', { cause })
  return Buffer.from(text)
}

function jsonText(bytes: Buffer): JsonText {
  // A copy: a slice of a reply would keep all of what was read with it.
  const body = bytes.byteLength === bytes.buffer.byteLength ? bytes : Buffer.from(bytes)
  return { body, etag: `"${hash('sha256', body, 'base64url').slice(0, 22)}"` }
}
