/** What a reply of the Data API says about itself, read from its text without parsing the documents in it. */
import { elementsOf, membersOf } from './raw-json.ts'

/** The part of an HTTP answer that matters. */
export interface Answered {
  readonly status: number
  readonly body?: string
}

/** Whether the answer is a whole and unqualified one: no error, no warning, JSON. Only such an answer is kept. */
export function isStorable({ status, body }: Answered): boolean {
  const reply = status === 200 ? readReply(body) : undefined
  return reply !== undefined && !hasElements(reply.get('errors')) && !hasElements(statusOf(reply).get('warnings'))
}

/** The state with which the next page is asked for; undefined on the last one. */
export function nextPageState(body: string): string | undefined {
  const raw = dataOf(membersOf(body)).get('nextPageState')
  return raw?.startsWith('"') ? (JSON.parse(raw) as string) : undefined
}

/** How many documents a reply brings. */
export function documentsIn(body: string): number {
  const data = dataOf(membersOf(body))
  const many = data.get('documents')
  if (many?.startsWith('[')) return elementsOf(many).length
  const one = data.get('document')
  return one === undefined || one === 'null' ? 0 : 1
}

/** Whether rows were read, not documents: a table has no `_id`, or one that means something else. */
export function isOfTable(body: string): boolean {
  return statusOf(membersOf(body)).has('projectionSchema')
}

/** Whether the answer to a write proves that nothing was changed. In doubt it does not. */
export function provesNothingChanged({ status, body }: Answered): boolean {
  const reply = status === 200 ? readReply(body) : undefined
  if (reply === undefined) return false
  if (hasElements(reply.get('errors'))) return onlyDuplicates(reply)
  const told = statusOf(reply)
  if (told.get('moreData') === 'true') return false
  if (told.has('modifiedCount')) return told.get('modifiedCount') === '0' && !told.has('upsertedId')
  return told.get('deletedCount') === '0'
}

function onlyDuplicates(reply: ReadonlyMap<string, string>): boolean {
  const errors = elementsOf(reply.get('errors') ?? '[]').map((error) => membersOf(error).get('errorCode'))
  if (errors.some((code) => code !== '"DOCUMENT_ALREADY_EXISTS"')) return false
  const told = statusOf(reply)
  const responses = told.get('documentResponses')
  if (responses?.startsWith('[')) {
    return elementsOf(responses).every((response) => membersOf(response).get('status') !== '"OK"')
  }
  return !hasElements(told.get('insertedIds'))
}

function readReply(body: string | undefined): ReadonlyMap<string, string> | undefined {
  try {
    return body ? membersOf(body) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function dataOf(reply: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return objectIn(reply.get('data'))
}

function statusOf(reply: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return objectIn(reply.get('status'))
}

function objectIn(text: string | undefined): ReadonlyMap<string, string> {
  return text?.startsWith('{') ? membersOf(text) : new Map()
}

function hasElements(text: string | undefined): boolean {
  return text !== undefined && text !== 'null' && !/^\[\s*\]$/.test(text)
}
