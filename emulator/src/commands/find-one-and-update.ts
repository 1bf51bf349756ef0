import type { Command, CollectionContext } from '../command.ts'
import { documentReply } from '../envelope.ts'
import { optional, readFields, required } from '../fields.ts'
import { parseUpdate } from '../update.ts'
import { returnedOf, rewriteFirst, statusOf, updateWith } from '../write-one.ts'
import { parseDocumentProjection } from '../vector-projection.ts'

export const findOneAndUpdate: Command<CollectionContext> = (context, body) => {
  const fields = readFields(body, 'findOneAndUpdate', ['filter', 'update', 'sort', 'projection', 'options'])
  const update = parseUpdate(required(fields, 'update'), context.nowMs)
  const project = parseDocumentProjection(optional(fields, 'projection'))
  const outcome = rewriteFirst(context, fields, updateWith(update))
  const document = returnedOf(outcome, fields)
  return documentReply(document && project(document), statusOf(outcome))
}
