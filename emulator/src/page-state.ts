import { invalidValue } from './fields.ts'

/** Where a page ended. */
export interface PageState {
  /** The position of the last document that was looked at; the next page begins behind it. */
  readonly after: number
  /** How many documents the pages so far returned: a limit counts over all pages. */
  readonly returned: number
}

export const firstPage: PageState = { after: 0, returned: 0 }

/** Opaque to clients, which only send it back. */
export function encodePageState({ after, returned }: PageState): string {
  return Buffer.from(`${after}:${returned}`).toString('base64url')
}

/** @throws DataApiError when this emulator did not make it */
export function decodePageState(state: string | undefined): PageState {
  if (state === undefined) return firstPage
  const match = /^(\d{1,15}):(\d{1,15})$/.exec(Buffer.from(state, 'base64url').toString())
  if (match === null) throw invalidValue('pageState', state, 'it is not a page state of this server')
  return { after: Number(match[1]), returned: Number(match[2]) }
}
