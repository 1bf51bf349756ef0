/**
 * What clients ask, drawn from a seed: reads whose popularity falls as Zipf's law has it, and now and then a write. Each write
 * names the paths that it changes, so that the best hit rate that any cache could reach is known: that
 * of one which keeps everything and forgets exactly what was changed.
 */
export interface Call {
  /** The kind of data, by which hits are counted. */
  readonly type: string
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly body?: object
  /** Whether it is asked with the token of an admin; writes are. */
  readonly isAdmins?: boolean
  /** Of a write: the paths whose answers it changes. */
  readonly changes: readonly string[]
}

export interface Population {
  readonly documents: readonly { readonly id: string; readonly document: object }[]
  readonly versions: readonly number[]
  readonly features: readonly string[]
  readonly words: readonly string[]
  readonly accounts: readonly string[]
}

/** A number from 0 to below 1. */
export type Random = () => number

/** Pseudo-random numbers from a seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Shares of the mix, in percent; 2 % are writes. */
const SHARES = {
  document: 38,
  latest: 11,
  version: 10,
  feature: 10,
  features: 8,
  search: 8,
  sources: 3,
  stats: 2,
  summary: 4,
  preferences: 3,
  report: 1,
  write: 2,
} as const

const PATHS = {
  latest: '/api/requirements/latest',
  features: '/api/features',
  summary: '/api/summary',
  report: '/api/validation/report',
  document: (id: string) => `/api/sources/documents/${encodeURIComponent(id)}`,
  preferences: (account: string) => `/api/user/${account}/preferences`,
} as const

export function drawMix(population: Population, seed: number, count: number): readonly Call[] {
  const random = randomOf(seed)
  const documents = zipfOf(population.documents, random)
  const [version, feature] = [zipfOf(population.versions, random), zipfOf(population.features, random)]
  const [word, account] = [zipfOf(population.words, random), zipfOf(population.accounts, random)]
  const number = () => Math.floor(random() * 1e9)
  const draws: Readonly<Record<keyof typeof SHARES, () => Call>> = {
    document: () => read('documents', PATHS.document(documents().id)),
    latest: () => read('requirements', PATHS.latest),
    version: () => read('requirements', `/api/requirements/${version()}`),
    feature: () => read('features', `/api/features/${feature()}`),
    features: () => read('features', PATHS.features),
    search: () => read('queries', `/api/dictionary/search?q=${word()}`),
    sources: () => read('queries', '/api/sources'),
    stats: () => read('queries', '/api/dictionary/stats'),
    summary: () => read('queries', PATHS.summary),
    preferences: () => ({ ...read('preferences', PATHS.preferences(account())), isAdmins: true }),
    report: () => ({ ...read('validation', PATHS.report), isAdmins: true }),
    write: () => drawWrite(),
  }
  const drawWrite = (): Call => {
    const share = random()
    if (share < 0.8) return replaceDocument(documents(), number())
    return share < 0.9 ? submitFeature(number()) : changePreferences(account(), number())
  }
  const names = Object.entries(SHARES).flatMap(([name, share]) => Array.from({ length: share }, () => name))
  return Array.from({ length: count }, () => draws[names[Math.floor(random() * names.length)] as keyof typeof SHARES]())
}

/** What the service loads by itself when it starts, or more: so that no cache can have had it earlier. */
export function readsOfStart({ features, versions }: Pick<Population, 'features' | 'versions'>): readonly Call[] {
  return [
    ...[PATHS.latest, ...versions.map((id) => `/api/requirements/${id}`)].map((path) => read('requirements', path)),
    ...[PATHS.features, ...features.map((id) => `/api/features/${id}`)].map((path) => read('features', path)),
  ]
}

function read(type: string, path: string): Call {
  return { type, method: 'GET', path, changes: [] }
}

function write(method: 'PUT' | 'POST', path: string, body: object, changes: readonly string[]): Call {
  return { type: 'write', method, path, body, isAdmins: true, changes }
}

/** Nearly as it was: neither the name nor the size changes. */
function replaceDocument({ id, document }: Population['documents'][number], number: number): Call {
  const path = PATHS.document(id)
  return write('PUT', path, { document: { ...document, changed: number } }, [path])
}

function submitFeature(number: number): Call {
  return write('POST', '/api/features/submit', featureBody(`Measured ${number}`), [
    PATHS.features,
    PATHS.summary,
    PATHS.report,
  ])
}

/** A feature request that the schema takes. */
export function featureBody(title: string): object {
  return { title, description: 'A request that the mix makes', priority: 'low', requester: 'mix' }
}

function changePreferences(account: string, number: number): Call {
  const path = PATHS.preferences(account)
  return write('PUT', path, { preferred_sources: [`Measured ${number}`] }, [path])
}

/** Draws from items, the first most often: the n-th with a share of 1 / n. */
function zipfOf<T>(items: readonly T[], random: Random): () => T {
  const ends: number[] = []
  for (let rank = 1; rank <= items.length; rank += 1) ends.push((ends.at(-1) ?? 0) + 1 / rank)
  return () => {
    const at = random() * (ends.at(-1) ?? 0)
    const item =
      items[
        Math.max(
          0,
          ends.findIndex((end) => end > at),
        )
      ]
    if (item === undefined) throw new Error('There is nothing to draw from')
    return item
  }
}

export interface Rate {
  readonly reads: number
  readonly hits: number
}

/** The hits of a cache that keeps everything and forgets exactly what was changed, by type, over what follows a warm-up. */
export function bestHits(warmUp: readonly Call[], calls: readonly Call[]): ReadonlyMap<string, Rate> {
  const kept = new Set<string>()
  const rates = new Map<string, Rate>()
  const follow = ({ type, method, path, changes }: Call, isCounted: boolean): void => {
    for (const change of changes) kept.delete(change)
    if (method !== 'GET') return
    const { reads, hits } = rates.get(type) ?? { reads: 0, hits: 0 }
    if (isCounted) rates.set(type, { reads: reads + 1, hits: hits + (kept.has(path) ? 1 : 0) })
    kept.add(path)
  }
  for (const call of warmUp) follow(call, false)
  for (const call of calls) follow(call, true)
  return rates
}
