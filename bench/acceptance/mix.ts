/**
 * What clients ask, drawn from a seed: reads whose popularity falls as Zipf's law has it, and now and then a write. Each read
 * names what it is about and each write what it changes, so that the best hit rate that any cache could reach is known: that
 * of one which keeps everything and forgets exactly what was changed.
 */
export interface Call {
  /** The kind of data, by which hits are counted. */
  readonly type: string
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly body?: object
  /** What a read is about. */
  readonly about: string
  /** Of a write: what it changes, by the beginnings of `about`. */
  readonly changes: readonly string[]
}

export interface Population {
  readonly documents: readonly string[]
  readonly versions: readonly number[]
  readonly features: readonly string[]
  readonly words: readonly string[]
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

type Draw = () => Omit<Call, 'method' | 'changes'> & Partial<Call>

/** Shares of the mix, in percent; 2 % are writes. */
const SHARES = {
  documents: 40,
  latest: 12,
  versions: 10,
  feature: 10,
  features: 8,
  search: 8,
  sources: 3,
  stats: 2,
  summary: 5,
  write: 2,
} as const

export function drawMix(population: Population, seed: number, count: number): readonly Call[] {
  const random = randomOf(seed)
  const zipf = { documents: zipfOf(population.documents, random), versions: zipfOf(population.versions, random) }
  const [feature, word] = [zipfOf(population.features, random), zipfOf(population.words, random)]
  const draws: Readonly<Record<keyof typeof SHARES, Draw>> = {
    documents: () => read('documents', `/api/sources/documents/${encodeURIComponent(zipf.documents())}`),
    latest: () => read('requirements', '/api/requirements/latest'),
    versions: () => read('requirements', `/api/requirements/${zipf.versions()}`),
    feature: () => read('features', `/api/features/${feature()}`),
    features: () => read('features', '/api/features'),
    search: () => read('queries', `/api/dictionary/search?q=${word()}`),
    sources: () => read('queries', '/api/sources'),
    stats: () => read('queries', '/api/dictionary/stats'),
    summary: () => read('queries', '/api/summary'),
    write: () => (random() < 0.8 ? replaceDocument(zipf.documents(), random) : submitFeature(random)),
  }
  const names = Object.entries(SHARES).flatMap(([name, share]) => Array.from({ length: share }, () => name))
  return Array.from({ length: count }, () => {
    const name = names[Math.floor(random() * names.length)] as keyof typeof SHARES
    return { method: 'GET', changes: [], ...draws[name]() }
  })
}

function read(type: string, path: string): ReturnType<Draw> {
  return { type, path, about: path }
}

function replaceDocument(id: string, random: Random): ReturnType<Draw> {
  const path = `/api/sources/documents/${encodeURIComponent(id)}`
  const body = { document: { name: id, changed: Math.floor(random() * 1e9) } }
  return { type: 'write', method: 'PUT', path, body, about: path, changes: [path, '/api/sources'] }
}

function submitFeature(random: Random): ReturnType<Draw> {
  const body = {
    title: `Measured ${Math.floor(random() * 1e9)}`,
    description: 'A request that the mix makes',
    priority: 'low',
    requester: 'mix',
  }
  const path = '/api/features/submit'
  return { type: 'write', method: 'POST', path, body, about: path, changes: ['/api/features', '/api/summary'] }
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

/** The hits of a cache that keeps everything and forgets exactly what was changed, by type. */
export function bestHits(calls: readonly Call[]): ReadonlyMap<string, Rate> {
  const kept = new Set<string>()
  const rates = new Map<string, Rate>()
  for (const { type, method, about, changes } of calls) {
    // A list is changed as a whole, a document or feature by itself.
    for (const change of changes) kept.delete(change)
    if (method !== 'GET') continue
    const { reads, hits } = rates.get(type) ?? { reads: 0, hits: 0 }
    rates.set(type, { reads: reads + 1, hits: hits + (kept.has(about) ? 1 : 0) })
    kept.add(about)
  }
  return rates
}
