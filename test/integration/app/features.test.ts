import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { decide as decideChange, partOf, PARTS } from '../../../app/src/features/feature.ts'
import { createAstraFeatures } from '../../../app/src/features/repository.ts'
import { ADMIN, eventually, featureBody, startBackend, USER, type Backend, type Instance } from './service.ts'

let backend: Backend
let instance: Instance
let other: Instance

beforeAll(async () => {
  backend = await startBackend()
  instance = await backend.startInstance()
  other = await backend.startInstance()
})

afterAll(async () => {
  await other[Symbol.asyncDispose]()
  await instance[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

const submit = async (title: string): Promise<string> =>
  (await instance.post('/api/features/submit', featureBody(title))).body.request_id
const decide = (id: string, body: object, token = ADMIN) => instance.post(`/api/features/${id}/approve`, body, token)
const list = async (query = '') => instance.get(`/api/features${query}`)
const idsOf = ({ body }: { body: { features: { request_id: string }[] } }) => body.features.map((one) => one.request_id)

describe('test_cache_invalidation_on_data_updates', () => {
  it('shows a new feature request in the lists that it belongs to, and leaves the others cached', async () => {
    const queries = ['', '?status=pending', '?status=approved']
    for (const query of queries) await list(query)
    const id = await submit('A new one')
    const after = []
    for (const query of queries) after.push(await list(query))
    expect(after.map(({ xCache }) => xCache)).toEqual(['miss', 'miss', 'hit'])
    expect(after.map((answer) => idsOf(answer).includes(id))).toEqual([true, true, false])
  })

  it('shows a decision in the feature request and in every list that it changes', async () => {
    const id = await submit('To be approved')
    const paths = ['', '?status=pending', '?status=approved', '?status=rejected', `/${id}`]
    for (const path of paths) await list(path)
    for (const path of paths) expect((await list(path)).xCache).toBe('hit')

    expect(await decide(id, { action: 'approve' })).toMatchObject({
      status: 200,
      body: { success: true, message: 'Feature request approved successfully' },
    })
    const after = []
    for (const path of paths) after.push(await list(path))
    expect(after.map(({ xCache }) => xCache)).toEqual(['miss', 'miss', 'miss', 'hit', 'miss'])
    expect(after.map((answer) => JSON.stringify(answer.body).includes(id))).toEqual([true, false, true, false, true])
    expect(after[4]?.body).toMatchObject({ request_id: id, status: 'approved', approved_by: 'ada' })
  })

  it('shows a decision made through one instance in the other one', async () => {
    const id = await submit('Decided elsewhere')
    expect((await other.get(`/api/features/${id}`)).body.status).toBe('pending')
    await decide(id, { action: 'reject', reason: 'too dear' })
    const seen = await eventually(
      () => other.get(`/api/features/${id}`),
      ({ body }) => body.status !== 'pending',
    )
    expect(seen.body).toMatchObject({ status: 'rejected', rejection_reason: 'too dear' })
  })

  it('caches that a feature request does not exist', async () => {
    const answers = [await instance.get('/api/features/FR-4711'), await instance.get('/api/features/FR-4711')]
    expect(answers.map(({ status, xCache }) => [status, xCache])).toEqual([
      [404, 'miss'],
      [404, 'hit'],
    ])
  })
})

describe('a list of feature requests', () => {
  it('is one entry for every limit', async () => {
    for (const title of ['Number one', 'Number two', 'Number three']) await submit(title)
    const [two, three] = [await list('?limit=2'), await list('?limit=3')]
    expect([two.xCache, three.xCache]).toEqual(['miss', 'hit'])
    expect([two.body.total, three.body.total]).toEqual([2, 3])
    const created = three.body.features.map((feature: { created_at: string }) => feature.created_at)
    expect(created).toEqual(created.toSorted().toReversed())
    expect(three.body.features.slice(0, 2)).toEqual(two.body.features)
  })

  it('holds what was written by others, who know of no parts', async () => {
    const id = await submit('Written elsewhere')
    await backend.db.collection('features').updateOne({ _id: id }, { $unset: { part: '' } })
    const repository = createAstraFeatures(backend.db)
    const idsIn = async (part?: number) => (await repository.summaries(part)).map(({ request_id }) => request_id)
    expect(await idsIn(partOf(id))).toContain(id)
    expect(await idsIn((partOf(id) + 1) % PARTS)).not.toContain(id)
    const parts = await Promise.all(Array.from({ length: PARTS }, (_none, part) => idsIn(part)))
    expect(parts.flat().toSorted()).toEqual((await idsIn()).toSorted())
  })

  it('says by which status it is filtered, and gives nine fields of each', async () => {
    const { body } = await list('?status=pending&limit=1')
    expect(body.filtered_by_status).toBe('pending')
    expect(Object.keys(body.features[0]).toSorted()).toEqual([
      'approved_by',
      'created_at',
      'description',
      'priority',
      'request_id',
      'requester',
      'status',
      'title',
      'updated_at',
    ])
    expect((await list()).body.filtered_by_status).toBeNull()
  })

  it.each(['?status=none', '?limit=0', '?limit=101', '?limit=ten', '?limit=1&limit=2', '?status=pending&status=all'])(
    'answers 422 to %s',
    async (query) => {
      expect(await list(query)).toMatchObject({
        status: 422,
        body: { errors: [{ loc: ['query', expect.any(String)] }] },
      })
    },
  )
})

describe('a decision', () => {
  it('is recorded under the name of the token, whatever the body says', async () => {
    const id = await submit('Spoofed')
    await decide(id, { action: 'approve', admin: 'someone_else' })
    expect((await instance.get(`/api/features/${id}`)).body.approved_by).toBe('ada')
  })

  it('can be reversed, and a reject without a reason keeps the one that was there', async () => {
    const id = await submit('Changed minds')
    await decide(id, { action: 'reject', reason: 'too early' })
    await decide(id, { action: 'approve' })
    await decide(id, { action: 'reject' })
    expect((await instance.get(`/api/features/${id}`)).body).toMatchObject({
      status: 'rejected',
      rejection_reason: 'too early',
    })
  })

  it('is not lost among others made at the same time', async () => {
    const id = await submit('Wanted by many')
    backend.emulator.resetCounts()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_none, at) =>
        decide(id, { action: at % 2 === 0 ? 'approve' : 'reject', reason: `reason ${at}` }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const { body } = await instance.get(`/api/features/${id}`)
    const last = Number(/\d/.exec(body.rejection_reason)?.[0])
    expect(body.status).toBe(last % 2 === 0 ? 'approved' : 'rejected')
  })

  it('changes a feature request only while it is as it was seen', async () => {
    const repository = createAstraFeatures(backend.db)
    const seen = await repository.byId(await submit('Seen by two'))
    if (!seen) throw new Error('It was submitted but is not there')
    const change = (by: string, nowMs: number) => decideChange(seen, { action: 'approve', by }, nowMs)
    const outcomes = await Promise.all([
      repository.change(seen, change('ada', 1_000_000)),
      repository.change(seen, change('bob', 2_000_000)),
    ])
    expect(outcomes.toSorted()).toEqual(['applied', 'refused'])
    // Decided again with the same result: only the time tells the two states apart.
    const first = await repository.byId(seen.request_id)
    if (!first) throw new Error('It was there before')
    expect(await repository.change(first, decideChange(first, { action: 'approve', by: 'cyd' }, 3_000_000))).toBe(
      'applied',
    )
    expect(await repository.change(first, decideChange(first, { action: 'approve', by: 'dan' }, 4_000_000))).toBe(
      'refused',
    )
  })

  it('needs an admin, an action, and a feature request', async () => {
    const id = await submit('Undecided')
    expect(await instance.post(`/api/features/${id}/approve`, { action: 'approve' })).toMatchObject({ status: 401 })
    expect(await decide(id, { action: 'approve' }, USER)).toMatchObject({ status: 403 })
    expect(await decide(id, { action: 'postpone' })).toMatchObject({ status: 422 })
    expect(await decide(id, {})).toMatchObject({ status: 422 })
    expect(await decide(id, { action: 'approve', reason: 'x'.repeat(1001) })).toMatchObject({ status: 400 })
    for (const unknown of ['FR-123', 'nonsense']) {
      expect(await decide(unknown, { action: 'approve' })).toMatchObject({
        status: 404,
        body: { detail: 'Feature request not found' },
      })
    }
    expect((await instance.get(`/api/features/${id}`)).body.status).toBe('pending')
  })
})

describe('a submitted feature request', () => {
  it('needs no token and keeps everything that was given', async () => {
    const optional = { category: 'ui', tags: ['a', 'b'], user_story: 'As a GM, I want dice, so that we play' }
    const { status, body } = await instance.post('/api/features/submit', { ...featureBody('With more'), ...optional })
    expect(status).toBe(200)
    const { body: feature } = await instance.get(`/api/features/${body.request_id}`)
    expect(feature).toMatchObject({
      ...optional,
      title: 'With more',
      status: 'pending',
      updated_at: null,
      approved_by: null,
      rejection_reason: null,
    })
    expect(feature).not.toHaveProperty('_id')
    expect(feature).not.toHaveProperty('part')
  })

  it.each([
    [{ title: undefined }, 422],
    [{ user_story: 'I just want it' }, 422],
    [{ title: '<b>bold</b>' }, 400],
    [{ status: 'approved' }, 400],
  ])('is refused with %j: %i', async (change, status) => {
    expect(await instance.post('/api/features/submit', { ...featureBody('Refused'), ...change })).toMatchObject({
      status,
    })
  })

  it('is not found by an id that is none', async () => {
    for (const id of ['nonsense', 'FR-12', 'FR-1x']) {
      expect(await instance.get(`/api/features/${id}`)).toMatchObject({
        status: 404,
        body: { detail: 'Feature request not found' },
      })
    }
  })
})
