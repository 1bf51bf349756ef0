import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import type { Sources } from '../../../../app/src/sources/cached.ts'
import { importFolder, readDocuments } from '../../../../app/src/sources/import.ts'

describe('readDocuments', () => {
  it('names documents by their index, their name, or their position', () => {
    const documents = readDocuments('a.json', '[{"index":"x","name":"X"},{"name":"Y"},{"z":1},{"index":4}]')
    expect(documents).toMatchObject([
      { _id: 'a.json:x', file: 'a.json', document: { index: 'x', name: 'X' } },
      { _id: 'a.json:Y' },
      { _id: 'a.json:2' },
      { _id: 'a.json:4' },
    ])
  })

  it('tells documents of one name apart', () => {
    const documents = readDocuments('a.json', '[{"name":"X"},{"name":"X"}]')
    expect(documents).toMatchObject([{ _id: 'a.json:X' }, { _id: 'a.json:X#1' }])
  })

  it.each([
    ['{"a":1}', 'it is not an array of objects'],
    ['"text"', 'it is not an array of objects'],
    ['[{}, 1]', 'it is not an array of objects: element 1 is not one'],
    ['[[]]', 'it is not an array of objects: element 0 is not one'],
  ])('says why it takes nothing from %s', (text, reason) => {
    expect(readDocuments('a.json', text)).toBe(reason)
  })

  it('says what is wrong with broken JSON', () => {
    expect(readDocuments('a.json', '[{')).toMatch(/^it is not JSON \(/)
  })
})

describe('importFolder', () => {
  async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-import-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return folder
  }

  function inMemory(refuse: (id: string) => boolean = () => false) {
    const ids = new Set<string>()
    const sources: Pick<Sources, 'idsOf' | 'insert'> = {
      idsOf: async (file) => new Set([...ids].filter((id) => id.startsWith(`${file}:`))),
      async insert(documents) {
        const refused = documents.filter(({ _id }) => refuse(_id)).map(({ _id }) => ({ id: _id, reason: 'too long' }))
        for (const { _id } of documents) if (!refuse(_id)) ids.add(_id)
        return { added: documents.length - refused.length, present: 0, refused }
      },
    }
    return { sources, ids }
  }

  const run = async (folder: string, sources: Pick<Sources, 'idsOf' | 'insert'>): Promise<string[]> => {
    const lines: string[] = []
    await importFolder(folder, sources, (line) => lines.push(line))
    return lines
  }

  it('imports every file, and names the ones that it skips with the reason', async () => {
    const folder = await folderOf({ 'b.json': '[{"name":"B"}]', 'a.json': '{}', 'note.txt': 'x' })
    const { sources, ids } = inMemory()
    expect(await run(folder, sources)).toEqual([
      'a.json skipped: it is not an array of objects',
      'b.json: 1 documents added',
    ])
    expect([...ids]).toEqual(['b.json:B'])
  })

  it('adds only what is new the second time', async () => {
    const folder = await folderOf({ 'a.json': '[{"name":"A"},{"name":"B"}]' })
    const { sources, ids } = inMemory()
    await run(folder, sources)
    ids.delete('a.json:B')
    expect(await run(folder, sources)).toEqual(['a.json: 1 documents added, 1 already there'])
  })

  it('counts and names what the database refuses', async () => {
    const folder = await folderOf({ 'a.json': '[{"name":"A"},{"name":"B"}]' })
    const { sources } = inMemory((id) => id.endsWith('B'))
    expect(await run(folder, sources)).toEqual([
      'a.json: 1 documents added, 1 refused by the database',
      '  a.json:B was refused: too long',
    ])
  })

  it('tells how far it is with a long file, and loses none of its documents', async () => {
    const documents = Array.from({ length: 120 }, (_none, at) => ({ name: `n${at}` }))
    const folder = await folderOf({ 'a.json': JSON.stringify(documents) })
    const { sources, ids } = inMemory()
    expect(await run(folder, sources)).toEqual([
      'a.json: 50 of 120',
      'a.json: 100 of 120',
      'a.json: 120 documents added',
    ])
    expect(ids.size).toBe(120)
  })

  it('says so when there is nothing to import', async () => {
    const folder = await folderOf({})
    expect(await run(folder, inMemory().sources)).toEqual([`${folder} holds no .json files`])
  })
})
