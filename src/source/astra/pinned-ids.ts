/** Which documents a command names by id. Undefined when it does not say, or not for certain: then it is about any. */
import { idText } from './astra-tags.ts'
import { elementsOf, membersOf } from './raw-json.ts'

/** A read of more ids than this is a read of the collection: each would be a tag of the entry. */
const MAX_IDS = 20

type Members = ReadonlyMap<string, string>

/** The ids that a filter's `_id` allows. */
export function idsOfFilter(body: Members): readonly string[] | undefined {
  const filter = body.get('filter')
  const condition = filter?.startsWith('{') ? membersOf(filter).get('_id') : undefined
  if (condition === undefined) return undefined
  const id = idOf(condition)
  if (id !== undefined) return [id]
  if (!condition.startsWith('{')) return undefined
  const [operator, second] = membersOf(condition)
  if (operator === undefined || second !== undefined) return undefined
  const [name, operand] = operator
  if (name === '$eq') return everyId([operand])
  return name === '$in' && operand.startsWith('[') ? everyId(elementsOf(operand)) : undefined
}

/** The ids that new documents bring. One without an id gets one that nobody can have read. */
export function idsOfInserts(body: Members): readonly string[] | undefined {
  const one = body.get('document')
  const many = body.get('documents')
  const documents = one === undefined ? (many?.startsWith('[') ? elementsOf(many) : undefined) : [one]
  if (documents === undefined) return undefined
  const ids: string[] = []
  for (const document of documents) {
    if (!document.startsWith('{')) return undefined
    const given = membersOf(document).get('_id')
    const id = given === undefined ? undefined : idOf(given)
    if (given !== undefined && id === undefined) return undefined
    if (id !== undefined) ids.push(id)
  }
  return ids
}

/** The ids of the documents that an update, a replacement or a deletion can touch or make. */
export function idsOfChange(body: Members): readonly string[] | undefined {
  const ids = idsOfFilter(body)
  // An upsert may choose another id than the filter's.
  if (ids === undefined || made(body.get('update'), '$setOnInsert') !== undefined) return undefined
  const replacement = body.get('replacement')
  const given = replacement?.startsWith('{') ? membersOf(replacement).get('_id') : undefined
  if (given === undefined) return ids
  const id = idOf(given)
  return id === undefined ? undefined : [...ids, id]
}

function made(update: string | undefined, operator: string): string | undefined {
  const fields = update?.startsWith('{') ? membersOf(update).get(operator) : undefined
  return fields?.startsWith('{') ? membersOf(fields).get('_id') : fields
}

function everyId(raw: readonly string[]): readonly string[] | undefined {
  const ids = new Set<string>()
  for (const each of raw) {
    const id = idOf(each)
    if (id === undefined) return undefined
    ids.add(id)
  }
  return ids.size > MAX_IDS ? undefined : [...ids]
}

function idOf(raw: string): string | undefined {
  return idText(JSON.parse(raw))
}
