import type { Command, CollectionContext } from '../command.ts'
import { readFields, required } from '../fields.ts'
import { idOf, insertNew } from '../write-one.ts'

export const insertOne: Command<CollectionContext> = (context, body) => {
  const document = required(readFields(body, 'insertOne', ['document', 'options']), 'document')
  return { status: { insertedIds: [idOf(insertNew(context, document))] } }
}
