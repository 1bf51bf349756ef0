/**
 * A capture: all pages of one find, read by one load and kept as one entry, so that they carry one stamp. A scan that is
 * served from it never mixes pages of two moments: either the capture is current and has them all, or it is gone and the rest
 * comes from the database. Pages are the texts that the database sent; only their `nextPageState` is ours (page-token.ts).
 * A find with more pages than may be read ahead is not captured: its pages are passed on as they are.
 */
import { hash } from 'node:crypto'

import type { DataApiCommand } from './data-api-command.ts'
import { readPageToken, requestOfPage, withNextPage, writePageToken, type PageToken } from './page-token.ts'
import { isStorable, nextPageState, type Answered } from './reply.ts'

/** One page is kept as its text alone. */
export type Capture = string | readonly string[]

export interface CaptureDeps {
  readonly maxPages: number
  /** Asks the database for a page. */
  readonly ask: (body: string) => Promise<Answered>
}

/**
 * Reads what follows the first page.
 *
 * @param first a storable reply
 * @returns undefined when there is too much of it, or a page could not be had: then the first page stands alone
 */
export async function capture(deps: CaptureDeps, command: DataApiCommand, first: string): Promise<Capture | undefined> {
  const pages = [first]
  const states: string[] = []
  for (let state = nextPageState(first); state !== undefined;) {
    if (pages.length === deps.maxPages) return undefined
    states.push(state)
    const page = await pageOrNothing(deps, requestOfPage(command.name, command.body, state))
    if (page === undefined) return undefined
    pages.push(page)
    state = nextPageState(page)
  }
  return pages.length === 1 ? first : linked(pages, states)
}

/** The first page of a capture, as the client gets it. */
export function firstPage(captured: Capture): string {
  return typeof captured === 'string' ? captured : (captured[0] ?? '')
}

/** The page that a token asks for; undefined when it is of another capture. */
export function pageOf(captured: unknown, token: PageToken): string | undefined {
  if (!Array.isArray(captured)) return undefined
  const before: unknown = captured[token.page - 1]
  const page: unknown = captured[token.page]
  if (typeof before !== 'string' || typeof page !== 'string') return undefined
  const named = readPageToken(nextPageState(before) ?? '')
  return named?.capture === token.capture && named.state === token.state ? page : undefined
}

function linked(pages: readonly string[], states: readonly string[]): readonly string[] {
  // Named by its content: the same pages under the same name are the same capture to every reader.
  const name = hash('sha256', pages.join('\n'), 'base64url')
  return pages.map((page, index) => {
    const state = states[index]
    return state === undefined ? page : withNextPage(page, writePageToken({ capture: name, page: index + 1, state }))
  })
}

async function pageOrNothing({ ask }: CaptureDeps, body: string): Promise<string | undefined> {
  try {
    const answered = await ask(body)
    return isStorable(answered) ? answered.body : undefined
  } catch {
    // The client will ask for that page itself, and then the error reaches it.
    return undefined
  }
}
