import { createHash } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createAstraRequirements } from '../../../app/src/requirements/repository.ts'
import { ADMIN, ask, eventually, requirementsBody, startBackend, USER, type Backend, type Instance } from './service.ts'

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

const SUBMIT = '/api/requirements/submit'
const submit = (title: string) => instance.post(SUBMIT, requirementsBody(title), ADMIN)

describe('test_requirements_caching_end_to_end', () => {
  it('answers 404 while there are no requirements, and an empty list', async () => {
    expect(await instance.get('/api/requirements/latest')).toMatchObject({
      status: 404,
      body: { detail: 'No requirements found' },
    })
    expect((await instance.get('/api/requirements/versions')).body).toEqual({ versions: [], total: 0 })
  })

  it.each(['latest', 'versions'])('asks the database for %s once, and again after a new version', async (path) => {
    const title = () => instance.get(`/api/requirements/${path}`)
    await submit(`Before ${path}`)
    backend.emulator.resetCounts()
    expect([(await title()).xCache, (await title()).xCache, (await title()).xCache]).toEqual(['miss', 'hit', 'hit'])
    const { findOne = 0, find = 0 } = backend.emulator.counts()
    expect(findOne + find).toBe(1)

    await submit(`After ${path}`)
    const after = await title()
    expect(after.xCache).toBe('miss')
    expect(JSON.stringify(after.body)).toContain(`After ${path}`)
    expect((await title()).xCache).toBe('hit')
  })

  it('says where a hit came from and what a miss cost', async () => {
    await submit('Timing')
    const timing = async (from: Instance) => (await from.get('/api/requirements/latest')).headers.get('server-timing')
    expect(await timing(instance)).toMatch(/^cache;desc="miss";dur=\d+\.\d\d, db;dur=\d+\.\d\d$/)
    expect(await timing(instance)).toMatch(/^cache;desc="l1";dur=\d+\.\d\d$/)
  })

  it('serves what one instance loaded to another one from Redis', async () => {
    const { body } = await submit('Shared')
    const path = `/api/requirements/${body.version_id}`
    await instance.get(path)
    const answer = await eventually(
      () => other.get(path),
      ({ headers }) => headers.get('server-timing')?.includes('desc="l2"') ?? false,
    )
    expect(answer).toMatchObject({ xCache: 'hit', body: { title: 'Shared' } })
  })

  it('shows a version that one instance wrote in the other one', async () => {
    await other.get('/api/requirements/latest')
    const { body } = await submit('Seen elsewhere')
    const seen = await eventually(
      () => other.get('/api/requirements/latest'),
      (answer) => answer.body.metadata.version_id >= body.version_id,
    )
    expect(seen.body.title).toBe('Seen elsewhere')
  })

  it('keeps an older version cached when a new one is added', async () => {
    const { body } = await submit('Older')
    const path = `/api/requirements/${body.version_id}`
    await instance.get(path)
    await submit('Newer')
    expect(await instance.get(path)).toMatchObject({ xCache: 'hit', body: { title: 'Older' } })
  })

  it('caches that a version does not exist', async () => {
    const path = '/api/requirements/17'
    const answers = [await instance.get(path), await instance.get(path)]
    expect(answers.map(({ status, xCache }) => [status, xCache])).toEqual([
      [404, 'miss'],
      [404, 'hit'],
    ])
  })
})

describe('a submitted version', () => {
  it('holds the text as it was given, the author of the token, and a time in UTC', async () => {
    const title = `O'Brien's <script>alert("1")</script> & Café`
    const body = { ...requirementsBody(title), author: 'somebody-else' }
    const { body: reply } = await instance.post(SUBMIT, body, ADMIN)
    const { body: document } = await instance.get(`/api/requirements/${reply.version_id}`)
    expect(document).toMatchObject({ title, metadata: { version_id: reply.version_id, author: 'ada' } })
    expect(document).not.toHaveProperty('author')
    expect(document).not.toHaveProperty('_id')
    expect(document.metadata.timestamp).toMatch(/Z$/)
    expect(document.metadata.created_at * 1000).toBeCloseTo(Date.parse(document.metadata.timestamp), 0)
  })

  it('can be verified by its checksum, from the miss and from the hit', async () => {
    const { body: reply } = await submit('Checksum: é')
    for (const xCache of ['miss', 'hit']) {
      const answer = await instance.get(`/api/requirements/${reply.version_id}`)
      const { checksum, ...metadata } = answer.body.metadata
      const text = JSON.stringify({ ...answer.body, metadata }, null, 2)
      expect([answer.xCache, createHash('sha256').update(text).digest('hex')]).toEqual([xCache, checksum])
    }
  })

  it('is listed with what describes it, the newest first, and without a path of the server', async () => {
    const ids = [(await submit('First')).body.version_id, (await submit('Second')).body.version_id]
    const { versions, total } = (await instance.get('/api/requirements/versions')).body
    expect(total).toBe(versions.length)
    expect(versions.slice(0, 2).map((one: { version_id: number }) => one.version_id)).toEqual(ids.toReversed())
    expect(Object.keys(versions[0]).toSorted()).toEqual([
      'author',
      'checksum',
      'timestamp',
      'title',
      'version',
      'version_id',
    ])
  })

  it('never takes the place of one that has its id', async () => {
    const { body: reply } = await submit('The one that was there')
    const { body: document } = await instance.get(`/api/requirements/${reply.version_id}`)
    const repository = createAstraRequirements(backend.db)
    expect(await repository.insert({ ...document, title: 'An impostor' })).toBe('refused')
    expect(await repository.byId(reply.version_id)).toEqual(document)
  })

  it('gets an id of its own, however many are submitted at once', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, (_none, at) => submit(`At once ${at}`)))
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
    expect(new Set(replies.map(({ body }) => body.version_id)).size).toBe(12)
  })
})

describe('requests about requirements that cannot be answered', () => {
  it.each(['abc', '1.5', '99999999999999999999'])('answers 422 to the version %s', async (id) => {
    expect(await instance.get(`/api/requirements/${id}`)).toMatchObject({
      status: 422,
      body: { errors: [{ loc: ['path', 'version_id'], input: id }] },
    })
  })

  it('answers 401 without a token, and with an unknown one', async () => {
    for (const token of [undefined, 'wrong']) {
      const answer = await instance.post(SUBMIT, requirementsBody('No'), token)
      expect(answer).toMatchObject({ status: 401, body: { detail: 'Admin authentication required' } })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  it('answers 403 to a user who is no admin', async () => {
    expect(await instance.post(SUBMIT, requirementsBody('No'), USER)).toMatchObject({
      status: 403,
      body: { detail: 'Admin privileges required' },
    })
  })

  it('answers 422 and names what is missing', async () => {
    expect(await instance.post(SUBMIT, { title: 'Only' }, ADMIN)).toMatchObject({
      status: 422,
      body: { errors: [{ loc: ['body', 'version'] }, { loc: ['body', 'description'] }] },
    })
  })

  it.each([
    [{ requirements: undefined }, 'document: lacks "requirements"'],
    [{ extra: 1 }, 'document: has the unknown field "extra"'],
    [{ title: 'a\u0000b' }, 'title: holds a control character or broken Unicode'],
  ])('answers 400 to a document that is not valid: %j', async (change, problem) => {
    const answer = await instance.post(SUBMIT, { ...requirementsBody('No'), ...change }, ADMIN)
    expect(answer).toMatchObject({ status: 400, body: { detail: `Schema validation failed: ${problem}` } })
  })

  const raw = (body: string, type = 'application/json') =>
    ask(instance.origin + SUBMIT, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${ADMIN}` },
      body,
    })

  it('answers 400 to what is not JSON', async () => {
    expect(await raw('{"title":')).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/JSON/) } })
  })

  it('answers 415 to another type of body', async () => {
    expect(await raw('<a/>', 'text/xml')).toMatchObject({ status: 415, body: { detail: expect.any(String) } })
  })

  it('answers 413 to a body above 1 MiB', async () => {
    const body = JSON.stringify({ ...requirementsBody('Large'), description: 'x'.repeat(1_048_576) })
    expect(await raw(body)).toMatchObject({ status: 413, body: { detail: expect.any(String) } })
  })

  it('has stored none of what was refused', async () => {
    const { body } = await instance.get('/api/requirements/versions')
    expect(body.versions.filter(({ title }: { title: string }) => ['No', 'Only', 'Large'].includes(title))).toEqual([])
    expect(instance.failures).toEqual([])
  })
})
