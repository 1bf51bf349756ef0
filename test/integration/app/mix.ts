/**
 * What the service is asked while it is compared with the database: a seeded series of writes of every kind, and after each
 * of them every read that there is.
 */
import type { Seeded } from '../../support/seeded.ts'
import { ADMIN, featureBody, requirementsBody, USER, type Answer } from './service.ts'

/** One request of the mix. */
export interface MixRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: object
  readonly token: string
}

type Sender = (request: MixRequest) => Promise<Answer>

const KEPT_IDS = 6
const DOCUMENTS = ['Spells.json:acid-arrow', 'Spells.json:aid', 'Monsters.json:orc']
const TERMS = ['spells:acid-arrow', 'spells:aid', 'monsters:orc', 'monsters:troll']
const WORDS = ['aci', 'arrow', 'aid', 'orc', 'tr']

export interface Mix {
  /** Makes one change. */
  write(): Promise<void>
  /** Every read, of what was there and of what came. */
  reads(): readonly MixRequest[]
}

export function createMix(random: Seeded, send: Sender): Mix {
  const versions: number[] = [17]
  const features: string[] = ['FR-17']
  let count = 0

  const keep = <T>(ids: T[], id: T): void => {
    ids.push(id)
    // The first is one that never comes.
    if (ids.length > KEPT_IDS) ids.splice(1, 1)
  }
  const write = async (request: Omit<MixRequest, 'token'>): Promise<Answer> => {
    const answer = await send({ ...request, token: ADMIN })
    if (answer.status !== 200)
      throw new Error(`${request.method} ${request.path} failed: ${JSON.stringify(answer.body)}`)
    return answer
  }
  const text = (): string => `Number ${(count += 1)}`
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T => {
    const picked = list[random.below(list.length)]
    if (picked === undefined) throw new Error('There is nothing to pick from')
    return picked
  }
  const writes: readonly (() => Promise<unknown>)[] = [
    async () => {
      const { body } = await write({ method: 'POST', path: '/api/requirements/submit', body: requirementsBody(text()) })
      keep(versions, body.version_id)
    },
    async () => {
      const { body } = await write({ method: 'POST', path: '/api/features/submit', body: featureBody(text()) })
      keep(features, body.request_id)
    },
    async () => {
      const id = features[1 + random.below(features.length - 1)]
      const body = { action: pick(['approve', 'reject'] as const), reason: text() }
      if (id !== undefined) await write({ method: 'POST', path: `/api/features/${id}/approve`, body })
    },
    () =>
      write({
        method: 'PUT',
        path: `/api/sources/documents/${pick(DOCUMENTS)}`,
        body: { document: { name: text(), list: [count, { deep: true }] } },
      }),
    () =>
      write({
        method: 'POST',
        path: '/api/sources/import',
        body: { file: pick(['Spells.json', 'Rules.json']), documents: [{ index: text(), name: text() }] },
      }),
    () => {
      const id = pick(TERMS)
      const [category = '', name = ''] = id.split(':')
      const body = { term: name.replace('-', ' '), definition: text(), category, source: 'us' }
      return write({ method: 'PUT', path: `/api/dictionary/terms/${id}`, body })
    },
    () => send({ method: 'DELETE', path: `/api/dictionary/terms/${pick(TERMS)}`, token: ADMIN }),
    () =>
      write({
        method: 'PUT',
        path: '/api/user/u-uma/preferences',
        body: { preferred_sources: [text()], theme: pick(['lcars', 'terminal', 'classic'] as const) },
      }),
  ]
  return {
    async write() {
      await pick(writes)()
    },
    reads: () =>
      [
        '/api/requirements/latest',
        '/api/requirements/versions',
        ...versions.map((id) => `/api/requirements/${id}`),
        ...[
          '',
          '?limit=3',
          ...['pending', 'approved', 'rejected', 'completed'].map((status) => `?status=${status}`),
        ].map((query) => `/api/features${query}`),
        ...features.map((id) => `/api/features/${id}`),
        '/api/audit/features',
        ...features.map((id) => `/api/audit/features?request_id=${id}`),
        '/api/sources',
        ...DOCUMENTS.map((id) => `/api/sources/documents/${id}`),
        '/api/dictionary/stats',
        ...WORDS.map((word) => `/api/dictionary/search?q=${word}`),
        ...TERMS.map((id) => `/api/dictionary/terms/${id}`),
        '/api/summary',
        '/api/validation/report',
        '/api/user/u-uma/preferences',
      ].map((path) => ({ method: 'GET', path, token: path.startsWith('/api/user') ? USER : ADMIN })),
  }
}
