import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { importFolder } from '../../../app/src/sources/import.ts'
import { startBackend, type Backend, type Instance } from './service.ts'

let backend: Backend
let instance: Instance
let folder: string

beforeAll(async () => {
  backend = await startBackend()
  instance = await backend.startInstance()
  folder = await mkdtemp(join(tmpdir(), 'holdfast-sources-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
  await instance[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

const documents = (count: number) =>
  Array.from({ length: count }, (_none, at) => ({ index: `number-${at}`, nested: { list: [at, { deep: true }] } }))

async function importFile(name: string, content: unknown): Promise<string[]> {
  await writeFile(join(folder, name), JSON.stringify(content))
  const lines: string[] = []
  await importFolder(folder, instance.sources, (line) => lines.push(line))
  return lines
}

const finds = () => backend.emulator.counts()['find'] ?? 0

describe('test_database_query_caching', () => {
  it('counts the whole collection once, in as many pages as it takes, and then answers from the cache', async () => {
    expect(await importFile('spells.json', documents(120))).toContain('spells.json: 120 documents added')
    backend.emulator.resetCounts()
    const first = await instance.get('/api/sources')
    const pages = finds()
    expect(pages).toBeGreaterThan(1)
    expect(first).toMatchObject({
      xCache: 'miss',
      body: { sources: [{ file: 'spells.json', documents: 120 }], total: 120 },
    })
    const second = await instance.get('/api/sources')
    expect(second).toMatchObject({ xCache: 'hit', body: first.body })
    expect(finds()).toBe(pages)
  })

  it('counts once for all who ask at the same time', async () => {
    await instance.cache.invalidate({ tags: ['sources'] })
    backend.emulator.resetCounts()
    const answers = await Promise.all(Array.from({ length: 20 }, () => instance.get('/api/sources')))
    expect(answers.map(({ body }) => body.total)).toEqual(answers.map(() => 120))
    expect(finds()).toBeLessThan(2 * 3 + 1)
  })

  it('counts again after an import', async () => {
    await instance.get('/api/sources')
    await importFile('monsters.json', documents(3))
    expect(await instance.get('/api/sources')).toMatchObject({
      xCache: 'miss',
      body: {
        sources: [
          { file: 'monsters.json', documents: 3 },
          { file: 'spells.json', documents: 120 },
        ],
        total: 123,
      },
    })
  })
})

describe('a document that is replaced', () => {
  const put = (id: string, document: object) =>
    instance.sources.replace({ _id: id, file: 'spells.json', document }, 'ada')

  it('is shown as it is now, and the counts are not taken again', async () => {
    const path = '/api/sources/documents/spells.json:number-7'
    await Promise.all([instance.get('/api/sources'), instance.get(path)])
    await put('spells.json:number-7', { index: 'number-7', changed: true })
    expect(await instance.get(path)).toMatchObject({ xCache: 'miss', body: { document: { changed: true } } })
    expect(await instance.get('/api/sources')).toMatchObject({ xCache: 'hit' })
  })

  it('is counted where there was none before', async () => {
    const { total } = (await instance.get('/api/sources')).body
    await put('spells.json:of-its-own', { index: 'of-its-own' })
    expect(await instance.get('/api/sources')).toMatchObject({ xCache: 'miss', body: { total: total + 1 } })
  })
})

describe('an import', () => {
  it('adds nothing twice', async () => {
    expect(await importFile('monsters.json', documents(4))).toEqual([
      'monsters.json: 1 documents added, 3 already there',
      'spells.json: 0 documents added, 120 already there',
    ])
  })

  it('says which documents the database refuses and why, and adds the others', async () => {
    const [good, bad] = [{ index: 'good' }, { index: 'bad', $field: 'a name that the Data API refuses' }]
    const lines = await importFile('mixed.json', [good, bad])
    expect(lines).toContain('mixed.json: 1 documents added, 1 refused by the database')
    expect(lines.find((line) => line.startsWith('  mixed.json:bad was refused: '))).toBeDefined()
  })
})
