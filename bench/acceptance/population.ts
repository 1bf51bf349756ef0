/** What there is to ask for: the documents of a folder as the service names them, and what is added by the service itself. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { wordsOf } from '../../app/src/dictionary/term.ts'
import { readDocuments } from '../../app/src/sources/import.ts'
import { featureBody, randomOf, type Population } from './mix.ts'
import { ADMIN_TOKEN, type Started } from './processes.ts'

const FEATURES = 60
const VERSIONS = 12
const ACCOUNTS = 50
const WORDS = 40
const SEED = 17

/**
 * Adds what there is too little of, and says what there is to ask for, the most popular first.
 *
 * @param folder what the database was filled from
 */
export async function readPopulation(
  [instance]: readonly Pick<Started, 'origin'>[],
  folder: string,
): Promise<Population> {
  if (!instance) throw new Error('There is no instance')
  const { origin } = instance
  const features = async () => (await get(origin, '/api/features?limit=100')) as { features: { request_id: string }[] }
  const versions = async () =>
    (await get(origin, '/api/requirements/versions')) as { versions: { version_id: number }[] }
  for (let missing = FEATURES - (await features()).features.length; missing > 0; missing -= 1)
    await post(origin, '/api/features/submit', featureBody(`Request ${missing}`))
  for (let missing = VERSIONS - (await versions()).versions.length; missing > 0; missing -= 1)
    await post(origin, '/api/requirements/submit', requirementsBody(`Version ${missing}`))
  const documents = await documentsOf(folder)
  return {
    documents,
    versions: (await versions()).versions.map(({ version_id }) => version_id),
    features: (await features()).features.map(({ request_id }) => request_id),
    words: beginningsOf(documents.map(({ document }) => document)),
    accounts: Array.from({ length: ACCOUNTS }, (_none, at) => `u-${at}`),
  }
}

/** All documents, by lot: what is popular is of any kind and size. */
async function documentsOf(folder: string): Promise<Population['documents']> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  const documents = files.flatMap((file, at) => {
    const read = readDocuments(file, texts[at] ?? '')
    return typeof read === 'string' ? [] : read.map(({ _id, document }) => ({ id: _id, document }))
  })
  return shuffled(documents)
}

/** Beginnings of words in the documents' names, as somebody types them. */
function beginningsOf(documents: readonly object[]): readonly string[] {
  const words = documents.flatMap((document) => {
    const { name } = document as { readonly name?: unknown }
    return typeof name === 'string' ? wordsOf(name) : []
  })
  const beginnings = words.filter((word) => word.length > 3).map((word) => word.slice(0, 4))
  return shuffled([...new Set(beginnings)]).slice(0, WORDS)
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  const random = randomOf(SEED)
  return items
    .map((item) => ({ item, lot: random() }))
    .sort((one, other) => one.lot - other.lot)
    .map(({ item }) => item)
}

/** A version of the requirements that the schema takes. */
function requirementsBody(title: string): object {
  const functional = Array.from({ length: 20 }, (_none, at) => ({
    id: `FR-${100 + at}`,
    title: `Requirement ${at}`,
    description: 'What is required, in about as many words as people take for it.',
    priority: 'high',
  }))
  const description = 'A version to be asked for'
  return { title, version: '1.0.0', description, requirements: { functional, non_functional: [] } }
}

async function get(origin: string, path: string): Promise<unknown> {
  const response = await fetch(origin + path)
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response.json()
}

async function post(origin: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` }
  const { ok, status } = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!ok) throw new Error(`${path} answered ${status}`)
}
