import type { Command, CollectionContext } from '../command.ts'
import { readFields, required } from '../fields.ts'
import { parseUpdate } from '../update.ts'
import { rewriteFirst, statusOf, updateWith } from '../write-one.ts'

export const updateOne: Command<CollectionContext> = (context, body) => {
  const fields = readFields(body, 'updateOne', ['filter', 'update', 'sort', 'options'])
  const update = parseUpdate(required(fields, 'update'), context.nowMs)
  return { status: statusOf(rewriteFirst(context, fields, updateWith(update))) }
}
