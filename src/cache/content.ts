/**
 * What an entry holds, in the forms it was asked for: the value that a caller works with, and the JSON text that an HTTP
 * endpoint sends. Each is made from the other, or from what Redis gave, at the first ask and kept. So a cached answer that
 * is only passed on is neither parsed nor serialised, and one that is only used never keeps its text.
 */
import { hash } from 'node:crypto'

import { EncodeError } from '../base/errors.ts'
import type { RawPayload } from '../codec/entry.ts'
import { deserialise, PayloadFormat } from '../codec/serialise.ts'
import { heapBytes } from '../store/heap-bytes.ts'
import { freezeDeep, freezeParsed } from './freeze.ts'

/** The form that a read asks for. */
export type Form = 'value' | 'json'

/** A value as JSON text, ready to be sent. */
export interface JsonText {
  /**
   * UTF-8. Shared between readers: never write to it. It may be a part of the reply that it came in, so copy what is to be
   * kept for long.
   */
  readonly body: Buffer
  /** A strong entity tag of exactly this text, quoted as the header wants it; made when it is asked for. */
  readonly etag: string
}

const NOT_MADE = Symbol('not made yet')
/** A text beside its body: the two objects, and the tag once it is made. */
const TEXT_BYTES = 128
/** The promise of a value, once it is made. */
const PROMISE_BYTES = 40

export class Content {
  readonly #freeze: boolean
  #value: unknown
  #json: JsonBody | undefined
  #payload: RawPayload | undefined
  #promised: Promise<unknown> | undefined

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

  /** Makes it fit to be kept: a view would keep all of the reply that it is part of. */
  own(): void {
    if (this.#json?.isView) this.#json = new JsonBody(Buffer.from(this.#json.body), false)
  }

  /** What it takes on the heap, in the forms that are made. */
  get heapBytes(): number {
    return (
      (this.has('value') ? heapBytes(this.#value) + PROMISE_BYTES : 0) +
      (this.#json ? heapBytes(this.#json.body) + TEXT_BYTES : 0)
    )
  }

  /** @throws DecodeError, unless this form was made before */
  get value(): unknown {
    if (this.#value !== NOT_MADE) return this.#value
    const payload = this.#payload ?? { format: PayloadFormat.json, text: this.#json?.body ?? Buffer.alloc(0) }
    const value = deserialise({ format: payload.format, text: payload.text.toString('utf8') })
    this.#value = this.#freeze ? (payload.format === PayloadFormat.json ? freezeParsed : freezeDeep)(value) : value
    return this.#value
  }

  /** The value as a promise, the same one for all readers: to make one is a quarter of a hit in L1. */
  get promised(): Promise<unknown> {
    this.#promised ??= Promise.resolve(this.value)
    return this.#promised
  }

  /** @throws DecodeError or EncodeError, unless this form was made before */
  get json(): JsonBody {
    this.#json ??=
      this.#payload?.format === PayloadFormat.json
        ? new JsonBody(this.#payload.text, true)
        : new JsonBody(textOf(this.value), false)
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

/** The tag is made when it is asked for: of 10 KB that takes 12 µs. */
class JsonBody implements JsonText {
  readonly body: Buffer
  /** Whether it is part of something larger. */
  readonly isView: boolean
  #etag: string | undefined

  constructor(body: Buffer, isView: boolean) {
    this.body = body
    this.isView = isView
  }

  get etag(): string {
    this.#etag ??= `"${hash('sha256', this.body, 'base64url').slice(0, 22)}"`
    return this.#etag
  }
}
