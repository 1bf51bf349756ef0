import { inspect } from 'node:util'

const MASK = '***'

/** A text that shows only to whoever asks for it by {@link reveal}: not in logs, JSON, templates or a debugger's print. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself, for whoever sends it to where it belongs. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  static {
    Object.defineProperty(Secret.prototype, inspect.custom, { value: () => `Secret(${MASK})` })
  }
}
