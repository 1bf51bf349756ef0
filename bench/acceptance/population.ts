import type { Population } from './mix.ts'
import { ADMIN_TOKEN, type Database, type Started } from './processes.ts'

const FEATURES = 60
const VERSIONS = 12
const DOCUMENTS = 400
const WORDS = [
  'fire',
  'acid',
  'arm',
  'ban',
  'cle',
  'dra',
  'ele',
  'gi',
  'gob',
  'heal',
  'light',
  'orc',
  'pot',
  'ring',
  'sta',
]

/** Adds what there is too little of, and says what there is to ask for, the most popular first. */
export async function readPopulation(
  [instance]: readonly Pick<Started, 'origin'>[],
  database: Pick<Database, 'commands'>,
): Promise<Population> {
  if (!instance) throw new Error('There is no instance')
  const { origin } = instance
  await database.commands()
  const get = async (path: string): Promise<unknown> => (await fetch(origin + path)).json()
  const post = async (path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` }
    const { ok, status } = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!ok) throw new Error(`${path} answered ${status}`)
  }
  const features = async () => (await get('/api/features?limit=100')) as { features: { request_id: string }[] }
  const versions = async () => (await get('/api/requirements/versions')) as { versions: { version_id: number }[] }
  for (let missing = FEATURES - (await features()).features.length; missing > 0; missing -= 1)
    await post('/api/features/submit', {
      title: `Request ${missing}`,
      description: 'A request to be asked for',
      priority: 'low',
      requester: 'mix',
    })
  for (let missing = VERSIONS - (await versions()).versions.length; missing > 0; missing -= 1)
    await post('/api/requirements/submit', {
      title: `Version ${missing}`,
      version: '1.0.0',
      description: 'A version to be asked for',
      requirements: {
        functional: Array.from({ length: 20 }, (_none, at) => ({
          id: `FR-${100 + at}`,
          title: `Requirement ${at}`,
          description: 'What is required, in about as many words as people take for it.',
          priority: 'high',
        })),
        non_functional: [],
      },
    })
  const documents = await documentsOf(origin)
  return {
    documents,
    versions: (await versions()).versions.map(({ version_id }) => version_id),
    features: (await features()).features.map(({ request_id }) => request_id),
    words: WORDS,
  }
}

/** Documents that the dictionary names: their terms lead to them. */
async function documentsOf(origin: string): Promise<readonly string[]> {
  const ids = new Set<string>()
  for (const word of WORDS) {
    const response = await fetch(`${origin}/api/dictionary/search?q=${word}&limit=100`)
    const { terms } = (await response.json()) as { terms: { id: string; source: string }[] }
    for (const { id, source } of terms) ids.add(`${source}:${id.slice(id.indexOf(':') + 1)}`)
  }
  if (ids.size === 0) for (let at = 0; at < DOCUMENTS; at += 1) ids.add(`House-Rules.json:${at}`)
  return [...ids].slice(0, DOCUMENTS)
}
