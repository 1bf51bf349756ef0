import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { createAstraAudit } from '../../../app/src/audit/repository.ts'
import { ADMIN, featureBody, GUEST, requirementsBody, startBackend, type Backend, type Instance } from './service.ts'

let backend: Backend
let instance: Instance

beforeAll(async () => {
  backend = await startBackend()
  instance = await backend.startInstance()
  const documents = ['Acid Arrow', 'Acid Splash', 'Fire Bolt'].map((name) => ({ name, desc: [`What ${name} does`] }))
  await put('POST', '/api/sources/import', { file: 'Spells.json', documents })
  await instance.post('/api/requirements/submit', requirementsBody('First'), ADMIN)
  await instance.post('/api/features/submit', featureBody('The first one'))
})

afterAll(async () => {
  await instance[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

beforeEach(() => backend.emulator.resetCounts())

const put = (method: string, path: string, body?: unknown) =>
  instance.send(method, path, body, { authorization: `Bearer ${ADMIN}` })
const asked = (): number => Object.values(backend.emulator.counts()).reduce((total, count) => total + count, 0)
const asAdmin = { authorization: `Bearer ${ADMIN}` }

describe('the dictionary', () => {
  it('finds terms by the beginnings of their words, whatever the spelling, and keeps what it found', async () => {
    const first = await instance.get('/api/dictionary/search?q=acid%20arr')
    expect(first).toMatchObject({ xCache: 'miss', body: { total: 1, terms: [{ id: 'spells:acid-arrow' }] } })
    expect(first.body.terms[0]).not.toHaveProperty('words')
    const spelt = ['ARR+acid', 'Ácid%20arr', 'acid--arr'].map((q) => instance.get(`/api/dictionary/search?q=${q}`))
    for (const answer of await Promise.all(spelt)) expect(answer).toMatchObject({ xCache: 'hit', body: first.body })
    expect(asked()).toBe(1)
  })

  it('looks within a category', async () => {
    expect((await instance.get('/api/dictionary/search?q=acid&category=spells')).body.total).toBe(2)
    expect((await instance.get('/api/dictionary/search?q=acid&category=monsters')).body.total).toBe(0)
  })

  it('shows a term that was added, changed and taken out at once', async () => {
    const path = '/api/dictionary/terms/spells:acid-rain'
    const search = async () => (await instance.get('/api/dictionary/search?q=rain')).body.total
    expect([await search(), (await instance.get(path)).status]).toEqual([0, 404])
    const body = { term: 'Acid Rain', definition: 'It rains', category: 'spells', source: 'us' }
    expect(await put('PUT', path, body)).toMatchObject({ status: 200 })
    expect([await search(), (await instance.get(path)).body.definition]).toEqual([1, 'It rains'])
    await put('PUT', path, { ...body, definition: 'It pours' })
    expect((await instance.get(path)).body.definition).toBe('It pours')
    expect(await put('DELETE', path)).toMatchObject({ status: 200 })
    expect([await search(), (await instance.get(path)).status]).toEqual([0, 404])
    expect(await put('DELETE', path)).toMatchObject({ status: 404 })
  })

  it('counts its terms once', async () => {
    const stats = await instance.get('/api/dictionary/stats')
    expect(stats.body).toEqual({
      terms: 3,
      categories: [{ category: 'spells', terms: 3 }],
      sources: [{ source: 'Spells.json', terms: 3 }],
    })
    const before = asked()
    expect(await instance.get('/api/dictionary/stats')).toMatchObject({ xCache: 'hit' })
    expect(asked()).toBe(before)
  })
})

describe('a document', () => {
  const path = '/api/sources/documents/Spells.json:Fire%20Bolt'

  it('is sent once, and then only whether it is still the same', async () => {
    const { headers, body } = await instance.get(path)
    expect(body).toMatchObject({ file: 'Spells.json', document: { name: 'Fire Bolt' } })
    const etag = headers.get('etag') ?? 'none'
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(await instance.get(path, { 'if-none-match': etag })).toMatchObject({ status: 304, body: '', xCache: 'hit' })
    await put('PUT', '/api/sources/documents/Spells.json:Fire%20Bolt', { document: { name: 'Fire Bolt', level: 0 } })
    const after = await instance.get(path, { 'if-none-match': etag })
    expect(after).toMatchObject({ status: 200, xCache: 'miss', body: { document: { level: 0 } } })
    expect(after.headers.get('etag')).not.toBe(etag)
  })
})

describe('the summary', () => {
  it('is made of three questions once, and again after what changes it', async () => {
    await instance.get('/api/summary')
    backend.emulator.resetCounts()
    expect(await instance.get('/api/summary')).toMatchObject({ xCache: 'hit' })
    expect(asked()).toBe(0)
    const { body } = await instance.post('/api/features/submit', featureBody('The second one'))
    const { xCache, body: summary } = await instance.get('/api/summary')
    expect([xCache, summary.pending[0].request_id]).toEqual(['miss', body.request_id])
    expect(summary.decisions[0]).toMatchObject({ request_id: body.request_id, new_status: 'pending' })
    await put('POST', `/api/features/${body.request_id}/approve`, { action: 'approve' })
    const after = (await instance.get('/api/summary')).body
    expect(after.pending.map(({ request_id }: { request_id: string }) => request_id)).not.toContain(body.request_id)
    expect(after.decisions[0]).toMatchObject({ new_status: 'approved', admin: 'ada' })
  })
})

describe('the audit trail', () => {
  it('holds each decision with who made it, and is whole', async () => {
    const { body } = await instance.post('/api/features/submit', featureBody('To be decided'))
    await put('POST', `/api/features/${body.request_id}/approve`, { action: 'approve', admin: 'somebody-else' })
    await put('POST', `/api/features/${body.request_id}/approve`, { action: 'reject', reason: 'After all' })
    const { body: trail } = await instance.get(`/api/audit/features?request_id=${body.request_id}`)
    const told = trail.audit_entries.map((one: Record<string, unknown>) => [
      one['new_status'],
      one['admin'],
      one['reason'],
    ])
    expect(told).toEqual([
      ['rejected', 'ada', 'After all'],
      ['approved', 'ada', null],
      ['pending', 'uma', null],
    ])
    const answer = await instance.get('/api/audit/integrity', asAdmin)
    expect(answer).toMatchObject({ status: 200, xCache: null, body: { integrity_valid: true, total_compromised: 0 } })
  })

  it('finds its newest entries without a walk through all', async () => {
    const repository = createAstraAudit(backend.db)
    const all = (await repository.all()).toReversed()
    expect(all.length).toBeGreaterThan(3)
    backend.emulator.resetCounts()
    expect(await repository.newest(undefined, 3)).toEqual(all.slice(0, 3))
    expect(backend.emulator.counts()).toEqual({ findOne: 1, find: 1 })
    expect(await repository.newest(undefined, all.length + 1)).toEqual(all)
  })

  it('tells when somebody changed it in the database, at once', async () => {
    const audit = backend.db.collection('audit')
    await audit.updateOne({ _id: 2 }, { $set: { admin: 'nobody' } })
    expect((await instance.get('/api/audit/integrity', asAdmin)).body).toMatchObject({
      integrity_valid: false,
      compromised_entries: ['Entry 2: checksum mismatch'],
    })
    await audit.deleteOne({ _id: 2 })
    const { body } = await instance.get('/api/audit/integrity', asAdmin)
    expect(body.compromised_entries).toContain('Entry 2: missing')
  })
})

describe('the report of validation', () => {
  const report = () => instance.get('/api/validation/report', asAdmin)

  it('reads each document once, and after a write only the one that is new', async () => {
    const { body } = await report()
    expect(body.overall_summary).toMatchObject({ total_errors: 0, overall_success_rate: 1 })
    const total = body.overall_summary.total_files
    expect(total).toBeGreaterThan(3)
    backend.emulator.resetCounts()
    expect(await report()).toMatchObject({ xCache: 'hit' })
    expect(asked()).toBe(0)
    await instance.post('/api/requirements/submit', requirementsBody('Second'), ADMIN)
    backend.emulator.resetCounts()
    expect((await report()).body.overall_summary.total_files).toBe(total + 1)
    // The list of versions, and one document.
    expect(backend.emulator.counts()).toEqual({ find: 2 })
  })

  it('finds what is not valid, by its place', async () => {
    const { body } = await instance.post('/api/features/submit', featureBody('To be broken'))
    await backend.db.collection('features').updateOne({ _id: body.request_id }, { $set: { priority: 'urgent' } })
    const { features_validation } = (await report()).body
    expect(features_validation.summary).toMatchObject({ invalid_files: 1, total_errors: 1 })
    expect(features_validation.errors[body.request_id]).toMatchObject([{ field_path: 'priority' }])
  })
})

describe('a verdict', () => {
  it('is about one state: a decision makes another one, which is looked at anew', async () => {
    const report = async () => (await instance.get('/api/validation/report', asAdmin)).body.features_validation.errors
    const { body } = await instance.post('/api/features/submit', featureBody('To be decided and checked'))
    expect(await report()).not.toHaveProperty(body.request_id)
    // Behind the service's back: the verdict is about what it knew.
    await backend.db.collection('features').updateOne({ _id: body.request_id }, { $set: { priority: 'urgent' } })
    expect(await report()).not.toHaveProperty(body.request_id)
    await put('POST', `/api/features/${body.request_id}/approve`, { action: 'approve' })
    expect(await report()).toHaveProperty(body.request_id)
  })
})

describe('what a schema says of a document', () => {
  it('is told to anybody, and not kept', async () => {
    const check = () => instance.post('/api/validate/schema', { schema_type: 'requirements', data: { title: 'x' } })
    for (const answer of [await check(), await check()]) {
      expect(answer).toMatchObject({
        status: 200,
        xCache: null,
        body: { is_valid: false, schema_name: 'requirements' },
      })
      expect(answer.body.errors.length).toBeGreaterThan(3)
    }
    expect(asked()).toBe(0)
    expect((await instance.get('/api/schemas')).body.total).toBe(2)
  })
})

describe('limits on how often a client may call', () => {
  it('hold in two instances together, and name when to come back', async () => {
    await using one = await backend.startInstance({ limitsRates: true })
    await using other = await backend.startInstance({ limitsRates: true })
    const body = { file: 'Limits.json', documents: [{ name: 'One' }] }
    const statuses: number[] = []
    for (let time = 0; time < 12; time += 1)
      statuses.push((await (time % 2 ? one : other).post('/api/sources/import', body, ADMIN)).status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(10)
    const refused = await one.post('/api/sources/import', body, ADMIN)
    expect(refused).toMatchObject({ status: 429, body: { detail: expect.stringMatching(/try again in \d+ s/) } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    // Whoever may not do it is told so, and uses up nobody's share.
    expect(await one.post('/api/sources/import', body, GUEST)).toMatchObject({ status: 403 })
  })
})

describe('the service with its cache switched off, and without Holdfast', () => {
  it('gives the same answers', async () => {
    await using off = await backend.startInstance({ cacheMode: 'off' })
    const absent = backend.withoutHoldfast()
    const paths = [
      '/api/requirements/latest',
      '/api/features',
      '/api/sources',
      '/api/dictionary/search?q=acid',
      '/api/summary',
    ]
    for (const path of paths) {
      const [served, direct] = [await off.get(path), await absent.server.inject({ url: path })]
      expect(served).toMatchObject({ status: 200, xCache: 'bypass', body: direct.json() })
      expect([direct.headers['x-cache'], direct.headers.etag ?? null]).toEqual([undefined, served.headers.get('etag')])
    }
    expect((await absent.server.inject({ url: '/readyz' })).json()).toEqual({ status: 'ok' })
    expect((await absent.server.inject({ method: 'POST', url: '/auth/login' })).statusCode).toBe(404)
    await absent.server.close()
  })
})
