import { CollectionInsertManyError, type Db } from '@datastax/astra-db-ts'

import { databaseReason, isDuplicate, isUnavailable, openCollection, type Stored } from '../database.ts'

/** One document of an imported file. */
export interface SourceDocument extends Stored {
  readonly _id: string
  /** The file it came from, by its name. */
  readonly file: string
  readonly document: object
}

/** How many documents a file brought. */
export interface SourceCount {
  readonly file: string
  readonly documents: number
}

/** What became of some documents that were to be added. */
export interface InsertOutcome {
  readonly added: number
  readonly present: number
  /** What the database would not take, and why. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[]
}

export type ReplaceOutcome = 'replaced' | 'added'

/** Where imported sources are kept. */
export interface SourcesRepository {
  /** Counts the documents of each file: a walk through the whole collection. */
  counts(): Promise<readonly SourceCount[]>
  byId(id: string): Promise<SourceDocument | undefined>
  /** Takes the place of the document of its id, or is added where there is none. */
  replace(document: SourceDocument): Promise<ReplaceOutcome>
  /** The ids that a file has brought already. */
  idsOf(file: string): Promise<ReadonlySet<string>>
  /** Adds documents; one that the database refuses keeps no other from being added. */
  insert(documents: readonly SourceDocument[]): Promise<InsertOutcome>
}

export function createAstraSources(db: Db): SourcesRepository {
  const collection = openCollection<SourceDocument>(db, 'sources')

  const insertOne = async (document: SourceDocument): Promise<InsertOutcome> => {
    try {
      await collection.insertOne(document)
      return { added: 1, present: 0, refused: [] }
    } catch (error) {
      if (isDuplicate(error)) return { added: 0, present: 1, refused: [] }
      if (isUnavailable(error)) throw error
      return { added: 0, present: 0, refused: [{ id: document._id, reason: databaseReason(error) }] }
    }
  }

  return {
    async counts() {
      const counts = new Map<string, number>()
      for await (const { file } of collection.find({}, { projection: { _id: 0, file: 1 } })) {
        counts.set(file, (counts.get(file) ?? 0) + 1)
      }
      return [...counts]
        .map(([file, documents]) => ({ file, documents }))
        .sort((one, other) => (one.file < other.file ? -1 : 1))
    },
    byId: async (id) => (await collection.findOne({ _id: id })) ?? undefined,
    async replace(document) {
      const options = { upsert: true, projection: { _id: 1 }, returnDocument: 'before' } as const
      const before = await collection.findOneAndReplace({ _id: document._id }, document, options)
      return before === null ? 'added' : 'replaced'
    },
    async idsOf(file) {
      const ids = new Set<string>()
      for await (const { _id } of collection.find({ file }, { projection: { _id: 1 } })) ids.add(_id)
      return ids
    },
    async insert(documents) {
      let inserted: ReadonlySet<unknown>
      try {
        const { insertedIds } = await collection.insertMany(documents, { ordered: false })
        inserted = new Set(insertedIds)
      } catch (error) {
        if (!(error instanceof CollectionInsertManyError)) throw error
        inserted = new Set(error.insertedIds())
      }
      // Why one document failed is only told for it alone, so what is left is tried one by one.
      const outcomes = [{ added: inserted.size, present: 0, refused: [] } as InsertOutcome]
      for (const document of documents) if (!inserted.has(document._id)) outcomes.push(await insertOne(document))
      return outcomes.reduce(sum)
    },
  }
}

function sum(one: InsertOutcome, other: InsertOutcome): InsertOutcome {
  return {
    added: one.added + other.added,
    present: one.present + other.present,
    refused: [...one.refused, ...other.refused],
  }
}
