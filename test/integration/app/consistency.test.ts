import { setTimeout as sleep } from 'node:timers/promises'

import type { Cache } from 'holdfast'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { App } from '../../../app/src/create-app.ts'
import { seeded } from '../../support/seeded.ts'
import { createMix, type Mix, type MixRequest } from './mix.ts'
import { startBackend, type Answer, type Backend, type Instance } from './service.ts'

const BOUND_MS = 2000
let backend: Backend
let database: App

beforeAll(async () => {
  backend = await startBackend()
  database = backend.withoutHoldfast()
})

afterAll(async () => {
  await database.server.close()
  await backend[Symbol.asyncDispose]()
})

/** Sends without a socket: what is compared is the service, not the network. */
async function ask({ server }: Pick<App, 'server'>, { method, path, body, token }: MixRequest): Promise<Answer> {
  const response = await server.inject({
    method,
    url: path,
    headers: { authorization: `Bearer ${token}` },
    ...(body && { payload: body }),
  })
  return {
    status: response.statusCode,
    headers: new Headers(),
    xCache: response.headers['x-cache']?.toString() ?? null,
    body: response.payload === '' ? '' : JSON.parse(response.payload),
  }
}

/** The same whenever it is asked: without when it was made, and how long that took. */
function comparable({ status, body }: Answer): string {
  return JSON.stringify([status, body], (name, value: unknown) => {
    if (name === 'timestamp' && body.overall_summary) return ''
    return name.endsWith('_time_ms') ? 0 : value
  })
}

interface Comparison {
  comparisons: number
  hits: number
  readonly stale: string[]
}

/** Asks everything of an instance and of the database, while nobody writes. */
async function compare(mix: Mix, instance: Pick<App, 'server'>, result: Comparison): Promise<void> {
  for (const request of mix.reads()) {
    const [served, stored] = await Promise.all([ask(instance, request), ask(database, request)])
    result.comparisons += 1
    if (served.xCache === 'hit') result.hits += 1
    if (comparable(served) !== comparable(stored)) result.stale.push(request.path)
  }
}

const nothing = (): Comparison => ({ comparisons: 0, hits: 0, stale: [] })

describe('every read against the database', () => {
  it('is not stale once in ten thousand after a write by the same instance, nor in another one after the bound', async () => {
    await using instance = await backend.startInstance()
    await using other = await backend.startInstance()
    const mix = createMix(seeded(8), (request) => ask(instance, request))
    const [own, elsewhere] = [nothing(), nothing()]
    for (let write = 1; own.comparisons < 10_000; write += 1) {
      await mix.write()
      await compare(mix, instance, own)
      if (write % 60 === 0) {
        await sleep(BOUND_MS + 100)
        await compare(mix, other, elsewhere)
      }
    }
    expect([own.stale, elsewhere.stale]).toEqual([[], []])
    expect(elsewhere.comparisons).toBeGreaterThan(100)
    // Otherwise it would be the database that was compared with itself.
    expect(own.hits).toBeGreaterThan(own.comparisons / 2)
    expect([...instance.failures, ...other.failures]).toEqual([])
  }, 240_000)

  it('is stale soon when writes invalidate nothing, which is how this comparison is known to see', async () => {
    await using instance: Instance = await backend.startInstance({ wrapCache: withoutInvalidation })
    const mix = createMix(seeded(9), (request) => ask(instance, request))
    const result = nothing()
    for (let write = 0; write < 20; write += 1) {
      await mix.write()
      await compare(mix, instance, result)
    }
    expect(result.stale.length).toBeGreaterThan(20)
  })
})

function withoutInvalidation(cache: Cache): Cache {
  return { ...cache, invalidate: async () => ({ id: 'none', acknowledged: true, queued: false }) }
}
