/**
 * What cannot be taken: each route that reads a body, and each parameter, with what it must refuse. The answer is one that
 * the OpenAPI document names, says what is wrong, and has changed neither the database nor the cache.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { answersOf } from '../../../app/src/openapi.ts'
import type { Route } from '../../../app/src/route.ts'
import {
  ADMIN,
  ask,
  featureBody,
  requirementsBody,
  startBackend,
  type Answer,
  type Backend,
  type Instance,
} from './service.ts'

let backend: Backend
let instance: Instance

beforeAll(async () => {
  backend = await startBackend()
  instance = await backend.startInstance()
  await instance.post('/api/requirements/submit', requirementsBody('Kept'), ADMIN)
  await instance.post('/api/features/submit', featureBody('Kept as it is'))
})

afterAll(async () => {
  await instance[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

const WRITES = new Set(['insertOne', 'insertMany', 'updateOne', 'findOneAndUpdate', 'findOneAndReplace', 'deleteOne'])

const writes = (): number =>
  Object.entries(backend.emulator.counts())
    .filter(([name]) => WRITES.has(name))
    .reduce((total, [, count]) => total + count, 0)

function rowOf(answer: { readonly method: string; readonly path: string }): Route {
  const row = instance.routes.find(({ method, path }) => method === answer.method && path === answer.path)
  if (!row) throw new Error(`There is no route ${answer.method} ${answer.path}`)
  return row
}

interface Refusable {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends something that is refused, and checks what every refusal has in common. */
async function refused(route: Pick<Route, 'method' | 'path'>, url: string, init: Refusable): Promise<Answer> {
  const fills: string[] = []
  const stop = instance.cache.on((event) => event.type === 'fill' && fills.push(event.key))
  const before = writes()
  const answer = await ask(instance.origin + url, {
    method: route.method,
    ...init,
    headers: { authorization: `Bearer ${ADMIN}`, ...init.headers },
  })
  stop()
  const documented = Object.keys(answersOf(rowOf(route))).map(Number)
  expect(documented, `${route.method} ${url} answers ${answer.status}`).toContain(answer.status)
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).toBeLessThan(500)
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.body).toMatchObject({ type: 'about:blank', status: answer.status, title: expect.any(String) })
  expect(answer.body.detail.length).toBeGreaterThan(8)
  expect([writes(), fills]).toEqual([before, []])
  return answer
}

const json = { 'content-type': 'application/json' }
const withBody = () => instance.routes.filter(({ body }) => body !== undefined)
const urlOf = ({ path }: Route): string =>
  path
    .replace(':request_id', 'FR-123')
    .replace(':term_id', 'spells:none')
    .replace(':document_id', 'Spells.json:none')
    .replace(':user_id', 'me')

describe('every route that takes a body', () => {
  it('refuses what is not JSON', async () => {
    expect(withBody().length).toBeGreaterThanOrEqual(11)
    for (const route of withBody())
      for (const body of ['{"title":', '{]', '\u0000', '{"a":1}x'])
        expect(await refused(route, urlOf(route), { headers: json, body })).toMatchObject({ status: 400 })
  })

  it('refuses an empty body', async () => {
    for (const route of withBody())
      expect(await refused(route, urlOf(route), { headers: json, body: '' })).toMatchObject({ status: 400 })
  })

  it('refuses JSON that is no object', async () => {
    for (const route of withBody())
      for (const body of ['[]', '"text"', '7', 'null', 'true'])
        expect(await refused(route, urlOf(route), { headers: json, body })).toMatchObject({
          status: 422,
          body: { errors: [{ type: 'object_type' }] },
        })
  })

  it('refuses a body above 1 MiB', async () => {
    const body = JSON.stringify({ title: 'x'.repeat(1_048_576) })
    for (const route of withBody())
      expect(await refused(route, urlOf(route), { headers: json, body })).toMatchObject({ status: 413 })
  })

  it('refuses other types of body', async () => {
    for (const route of withBody())
      for (const type of ['text/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
        expect(await refused(route, urlOf(route), { headers: { 'content-type': type }, body: 'a=b' })).toMatchObject({
          status: 415,
        })
  })

  it('refuses what would reach into the prototypes', async () => {
    for (const route of withBody())
      for (const body of ['{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}'])
        expect(await refused(route, urlOf(route), { headers: json, body })).toMatchObject({ status: 400 })
  })
})

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })
const requirement = { id: 'FR-101', title: 'Budget', description: 'Compute', priority: 'high' }
const submission = (change: object) => ({ ...requirementsBody('Refused'), ...change })

const BODIES: readonly (readonly [
  method: 'POST' | 'PUT',
  path: string,
  url: string,
  body: object,
  status: number,
  says: RegExp,
])[] = [
  ['POST', '/api/requirements/submit', '', submission({ version: 'one' }), 400, /version: must match/],
  ['POST', '/api/requirements/submit', '', submission({ extra: 1 }), 400, /unknown field "extra"/],
  [
    'POST',
    '/api/requirements/submit',
    '',
    submission({ requirements: { functional: [{ ...requirement, priority: 'urgent' }], non_functional: [] } }),
    400,
    /requirements\.functional\.0\.priority: must be one of critical, high, medium, low/,
  ],
  ['POST', '/api/requirements/submit', '', submission({ description: 'a\u0007b' }), 400, /control character/],
  ['POST', '/api/requirements/submit', '', submission({ title: 7 }), 400, /title: must be string/],
  ['POST', '/api/features/submit', '', { ...featureBody('A title'), title: '<b>' }, 400, /title/],
  ['POST', '/api/features/submit', '', { ...featureBody('A title'), priority: 'urgent' }, 400, /priority/],
  [
    'POST',
    '/api/features/submit',
    '',
    { ...featureBody('A title'), status: 'approved' },
    400,
    /unknown field "status"/,
  ],
  ['POST', '/api/features/submit', '', { ...featureBody('A title'), user_story: 'Make it so' }, 422, /As a/],
  ['POST', '/api/features/submit', '', { title: 'A title' }, 422, /description is required; priority is required/],
  ['POST', '/api/features/:request_id/approve', '/api/features/FR-123/approve', { action: 'maybe' }, 422, /action/],
  [
    'POST',
    '/api/features/:request_id/approve',
    '/api/features/FR-123/approve',
    { action: 'approve' },
    404,
    /not found/,
  ],
  ['POST', '/api/features/:request_id/approve', '/api/features/x/approve', { action: 'approve' }, 404, /not found/],
  ['POST', '/api/validate/schema', '', { schema_type: 'passwords', data: {} }, 400, /requirements, feature_request/],
  ['POST', '/api/sources/import', '', { file: '../etc.json', documents: [{ a: 1 }] }, 400, /file/],
  ['POST', '/api/sources/import', '', { file: 'a.json', documents: [] }, 400, /documents/],
  ['POST', '/api/sources/import', '', { file: 'a.json', documents: [1] }, 400, /documents\.0: must be object/],
  [
    'POST',
    '/api/sources/import',
    '',
    { file: 'a.json', documents: Array.from({ length: 101 }, () => ({ a: 1 })) },
    400,
    /100/,
  ],
  [
    'PUT',
    '/api/sources/documents/:document_id',
    '/api/sources/documents/nothing',
    { document: { a: 1 } },
    404,
    /no such/,
  ],
  ['PUT', '/api/sources/documents/:document_id', '/api/sources/documents/a.json:1', { document: {} }, 400, /document/],
  ['PUT', '/api/dictionary/terms/:term_id', '/api/dictionary/terms/UPPER:x', { ...term() }, 404, /no such term/],
  [
    'PUT',
    '/api/dictionary/terms/:term_id',
    '/api/dictionary/terms/a:b',
    { ...term(), category: 'A B' },
    400,
    /category/,
  ],
  [
    'PUT',
    '/api/user/:user_id/preferences',
    '/api/user/me/preferences',
    { theme: 'neon' },
    400,
    /lcars, terminal, classic/,
  ],
  ['PUT', '/api/user/:user_id/preferences', '/api/user/nobody/preferences', { theme: 'lcars' }, 404, /no such account/],
  ['POST', '/auth/login', '', { username: 'uma', password: 'x' }, 400, /password/],
  ['POST', '/auth/login', '', { username: "o'brien", password: 'long enough' }, 400, /username/],
  ['POST', '/auth/register', '', { username: 'uma' }, 422, /password is required/],
]

function term(): object {
  return { term: 'A term', definition: 'What it is', category: 'spells', source: 'us' }
}

describe('a body that does not fit', () => {
  it.each(BODIES)('%s %s %s %o: %i, and %o', async (method, path, url, body, status, says) => {
    const answer = await refused({ method, path }, url || path, { headers: json, body: JSON.stringify(body) })
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(says)])
  })

  it('is refused by the database when it is nested deeper than that takes, and the sentence says so', async () => {
    const route = { method: 'PUT', path: '/api/sources/documents/:document_id' } as const
    const stopped = await ask(`${instance.origin}/api/sources/documents/deep.json:1`, {
      method: route.method,
      headers: { ...json, authorization: `Bearer ${ADMIN}` },
      body: JSON.stringify({ document: nested(40) }),
    })
    expect(stopped).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^The database refused/) } })
    expect(await backend.db.collection('sources').findOne({ _id: 'deep.json:1' })).toBeNull()
  })
})

const QUERIES: readonly (readonly [path: string, url: string, status: number, says: RegExp])[] = [
  ['/api/features', '/api/features?status=unknown', 422, /pending, approved/],
  ['/api/features', '/api/features?limit=0', 422, /from 1 to 100/],
  ['/api/features', '/api/features?limit=101', 422, /from 1 to 100/],
  ['/api/features', '/api/features?limit=ten', 422, /from 1 to 100/],
  ['/api/features', '/api/features?limit=5&limit=6', 422, /from 1 to 100/],
  ['/api/features/:request_id', '/api/features/FR-9999', 404, /not found/],
  ['/api/features/:request_id', '/api/features/*', 404, /not found/],
  ['/api/requirements/:version_id', '/api/requirements/1', 404, /not found/],
  ['/api/requirements/:version_id', '/api/requirements/one', 422, /whole number/],
  ['/api/audit/features', '/api/audit/features?limit=501', 422, /from 1 to 500/],
  ['/api/dictionary/search', '/api/dictionary/search', 422, /at least 2 characters/],
  ['/api/dictionary/search', '/api/dictionary/search?q=a', 422, /at least 2 characters/],
  ['/api/dictionary/search', `/api/dictionary/search?q=${'long'.repeat(30)}`, 422, /at most 100/],
  ['/api/dictionary/search', '/api/dictionary/search?q=fire&category=*', 422, /category/],
  ['/api/dictionary/terms/:term_id', '/api/dictionary/terms/none', 404, /no such term/],
  ['/api/sources/documents/:document_id', '/api/sources/documents/none', 404, /no such document/],
]

// Of these the answer is kept for a minute, so that asking for what is not there costs the database nothing either.
const KEPT = new Set(['/api/features/FR-9999', '/api/requirements/1'])

describe('a question that cannot be answered', () => {
  it.each(QUERIES.filter(([, url]) => !KEPT.has(url)))('%s: %s: %i, and %o', async (path, url, status, says) => {
    const answer = await refused({ method: 'GET', path }, url, {})
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(says)])
  })

  it('about something that is not there is kept, and forgotten when it comes', async () => {
    for (const url of KEPT) {
      const answers = [await instance.get(url), await instance.get(url)]
      expect(answers.map(({ status, xCache }) => [status, xCache])).toEqual([
        [404, 'miss'],
        [404, 'hit'],
      ])
    }
  })
})

describe('after all of it', () => {
  it('what was there is there, and nothing else', async () => {
    const { body: versions } = await instance.get('/api/requirements/versions')
    const { body: features } = await instance.get('/api/features')
    expect(versions.versions.map(({ title }: { title: string }) => title)).toEqual(['Kept'])
    expect(features.features.map(({ title }: { title: string }) => title)).toEqual(['Kept as it is'])
    expect((await instance.get('/api/sources')).body.total).toBe(0)
    expect((await instance.get('/api/dictionary/stats')).body.terms).toBe(0)
    expect(instance.failures).toEqual([])
  })
})
