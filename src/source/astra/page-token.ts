/**
 * How a page names the next one. The database's page state says where to go on, but not in which answer: a capture (see
 * capture.ts) puts its own name and the page's number before it, so that a page is served from the capture that the page
 * before it came from, or read from the database at the same place.
 *
 *     hf1.<capture>.<page>.<the database's page state>
 */
import { membersOf, objectOf } from './raw-json.ts'

export interface PageToken {
  readonly capture: string
  /** The page that it asks for; the first is 0. */
  readonly page: number
  /** The database's own page state. */
  readonly state: string
}

const SHAPE = /^hf1\.([\w-]{8,64})\.(\d{1,4})\.(.*)$/s

export function writePageToken({ capture, page, state }: PageToken): string {
  return `hf1.${capture}.${page}.${state}`
}

/** @returns undefined for a page state of the database */
export function readPageToken(text: string): PageToken | undefined {
  const [, capture, page, state] = SHAPE.exec(text) ?? []
  if (capture === undefined || page === undefined || state === undefined) return undefined
  return { capture, page: Number(page), state }
}

/** The page state that a command asks for, as the client sent it. */
export function askedPage(body: ReadonlyMap<string, string>): string | undefined {
  const options = body.get('options')
  const state = options?.startsWith('{') ? membersOf(options).get('pageState') : undefined
  return state?.startsWith('"') ? (JSON.parse(state) as string) : undefined
}

/** The text of a request for another page of the same command. */
export function requestOfPage(name: string, body: ReadonlyMap<string, string>, state: string): string {
  const options = new Map(membersOf(body.get('options') ?? '{}'))
  options.set('pageState', JSON.stringify(state))
  return objectOf([[name, objectOf(new Map(body).set('options', objectOf(options)))]])
}

/** A page with another state for the next one; everything else stays the text it is. */
export function withNextPage(page: string, state: string): string {
  const reply = new Map(membersOf(page))
  const data = new Map(membersOf(reply.get('data') ?? '{}'))
  data.set('nextPageState', JSON.stringify(state))
  return objectOf(reply.set('data', objectOf(data)))
}
