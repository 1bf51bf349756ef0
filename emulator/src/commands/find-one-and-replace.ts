import type { Command, CollectionContext } from '../command.ts'
import { documentReply } from '../envelope.ts'
import { invalidValue, optional, readFields, required } from '../fields.ts'
import { isObject } from '../json.ts'
import { replacing, returnedOf, rewriteFirst, statusOf } from '../write-one.ts'
import { parseDocumentProjection } from '../vector-projection.ts'

export const findOneAndReplace: Command<CollectionContext> = (context, body) => {
  const fields = readFields(body, 'findOneAndReplace', ['filter', 'replacement', 'sort', 'projection', 'options'])
  const replacement = required(fields, 'replacement')
  if (!isObject(replacement)) throw invalidValue('replacement', replacement, 'must be an object')
  const project = parseDocumentProjection(optional(fields, 'projection'))
  const outcome = rewriteFirst(context, fields, replacing(replacement))
  const document = returnedOf(outcome, fields)
  return documentReply(document && project(document), statusOf(outcome))
}
