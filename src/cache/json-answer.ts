import type { JsonText } from './content.ts'
import type { GetOrSetOptions } from './read-options.ts'

/** How JSON text is read. */
export interface JsonOptions extends GetOrSetOptions {
  /** The request's `If-None-Match` header: entity tags that the asker has already. */
  readonly ifNoneMatch?: string | undefined
}

/** JSON text for an HTTP answer. */
export interface JsonAnswer extends JsonText {
  /** The asker has exactly this text: answer 304 with the entity tag and without the body. */
  readonly notModified: boolean
}

export function jsonAnswer(json: JsonText, ifNoneMatch: string | undefined): JsonAnswer {
  return new Answer(json, ifNoneMatch !== undefined && names(ifNoneMatch, json.etag))
}

/** Its tag is made when somebody asks for it. */
class Answer implements JsonAnswer {
  readonly #json: JsonText
  readonly body: Buffer
  readonly notModified: boolean

  constructor(json: JsonText, notModified: boolean) {
    this.#json = json
    this.body = json.body
    this.notModified = notModified
  }

  get etag(): string {
    return this.#json.etag
  }
}

/** RFC 9110 §13.1.2: `*`, or a list in which a weak tag counts as the strong one of the same text. */
function names(header: string, etag: string): boolean {
  if (header.trim() === '*') return true
  return (header.match(/(?:W\/)?"[^"]*"/g) ?? []).some((tag) => tag.replace(/^W\//, '') === etag)
}
