/**
 * Imports a folder of JSON files as sources: each *.json that is an array of objects, one document for each object. An
 * object is known by its file and its `index` or `name`, so a second import adds only what is new. Nothing is lost in
 * silence: a file that cannot be imported is named with the reason, and so is every document that the database refuses.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { isObject } from '../validation.ts'
import type { Sources } from './cached.ts'
import type { InsertOutcome, SourceDocument } from './repository.ts'
import { FILE } from './schema.ts'

/** Takes one line of progress. */
export type Progress = (line: string) => void

// One call of the Data API takes up to 100 documents; the client sends 50 at a time.
const CHUNK = 50

/** Imports what is in `folder`, in the order of the files' names. */
export async function importFolder(
  folder: string,
  sources: Pick<Sources, 'idsOf' | 'insert'>,
  progress: Progress,
): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  if (files.length === 0) progress(`${folder} holds no .json files`)
  for (const file of files) {
    const read = readDocuments(file, await readFile(join(folder, file), 'utf8'))
    if (typeof read === 'string') progress(`${file} skipped: ${read}`)
    else await importDocuments(file, read, sources, progress)
  }
}

/** The documents of a file, or why it has none. */
export function readDocuments(file: string, text: string): readonly SourceDocument[] | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return `it is not JSON (${error instanceof Error ? error.message : String(error)})`
  }
  if (!Array.isArray(parsed)) return 'it is not an array of objects'
  const other = parsed.findIndex((document) => !isObject(document))
  return other === -1 ? documentsOf(file, parsed) : `it is not an array of objects: element ${other} is not one`
}

/** Objects of a file as documents, each under an id of its own. */
export function documentsOf(file: string, objects: readonly object[]): readonly SourceDocument[] {
  const taken = new Set<string>()
  const documents: SourceDocument[] = []
  for (const [position, document] of objects.entries()) {
    const { index, name } = document as { readonly index?: unknown; readonly name?: unknown }
    const id = [index, name, position].find(isName) ?? position
    const _id = taken.has(`${file}:${id}`) ? `${file}:${id}#${position}` : `${file}:${id}`
    taken.add(_id)
    documents.push({ _id, file, document })
  }
  return documents
}

/** The file that an id says it is of; undefined when it is no id of a document. */
export function fileOfId(id: string): string | undefined {
  const file = id.slice(0, Math.max(id.indexOf(':'), 0))
  return FILE.test(file) && id.length > file.length + 1 ? file : undefined
}

function isName(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '' && value.length <= 200)
}

async function importDocuments(
  file: string,
  documents: readonly SourceDocument[],
  sources: Pick<Sources, 'idsOf' | 'insert'>,
  progress: Progress,
): Promise<void> {
  const present = await sources.idsOf(file)
  const missing = documents.filter(({ _id }) => !present.has(_id))
  let done: InsertOutcome = { added: 0, present: documents.length - missing.length, refused: [] }
  for (let at = 0; at < missing.length; at += CHUNK) {
    const { added, present, refused } = await sources.insert(missing.slice(at, at + CHUNK))
    done = { added: done.added + added, present: done.present + present, refused: [...done.refused, ...refused] }
    if (at + CHUNK < missing.length) progress(`${file}: ${at + CHUNK} of ${missing.length}`)
  }
  progress(`${file}: ${describe(done)}`)
  for (const { id, reason } of done.refused.slice(0, 3)) progress(`  ${id} was refused: ${reason}`)
}

function describe({ added, present, refused }: InsertOutcome): string {
  return [
    `${added} documents added`,
    ...(present > 0 ? [`${present} already there`] : []),
    ...(refused.length > 0 ? [`${refused.length} refused by the database`] : []),
  ].join(', ')
}
