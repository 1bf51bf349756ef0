import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createKeyRing, type KeyRingOptions } from '../../../../src/codec/key-ring.ts'
import { runCli } from '../../../support/cli.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-keys-'))
  file = join(folder, 'keys.json')
})
afterEach(() => rm(folder, { recursive: true }))

const ringOf = async (): Promise<KeyRingOptions> => JSON.parse(await readFile(file, 'utf8')) as KeyRingOptions

describe('keys', () => {
  it('are made: one that a key ring takes, another each time', async () => {
    const [one, other] = [await runCli(['keygen']), await runCli(['keygen'])]
    expect(one.code).toBe(0)
    expect(createKeyRing({ keys: { a: one.out } }).ids).toEqual(['a'])
    expect(one.out).not.toBe(other.out)
  })

  it('begin a file that only its owner may read, and that is never overwritten', async () => {
    expect((await runCli(['keygen', '--file', file, '--id', 'first'])).code).toBe(0)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const before = await readFile(file, 'utf8')
    const again = await runCli(['keygen', '--file', file, '--id', 'second'])
    expect(again.code).toBe(6)
    expect(await readFile(file, 'utf8')).toBe(before)
    expect(again.said).not.toContain(Object.values((await ringOf()).keys)[0])
  })

  it('are rotated in three steps, each of which a key ring takes', async () => {
    await runCli(['keygen', '--file', file, '--id', 'old'])
    await runCli(['rotate-key', 'add', '--file', file, '--id', 'new'])
    expect(createKeyRing(await ringOf())).toMatchObject({ currentId: 'old', ids: ['old', 'new'] })
    await runCli(['rotate-key', 'use', '--file', file, '--id', 'new'])
    expect(createKeyRing(await ringOf()).currentId).toBe('new')
    const { code, out } = await runCli(['rotate-key', 'retire', '--file', file, '--id', 'old'])
    expect(code).toBe(0)
    expect(out).toContain('new seals, new open')
    expect(createKeyRing(await ringOf()).ids).toEqual(['new'])
    expect(await readdir(folder)).toEqual(['keys.json'])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['use', 'absent', 2],
    ['retire', 'absent', 2],
    ['retire', 'old', 6],
    ['add', 'old', 2],
  ])('stay as they are when a step cannot be made: %s %s', async (step, id, code) => {
    await runCli(['keygen', '--file', file, '--id', 'old'])
    const before = await readFile(file, 'utf8')
    expect((await runCli(['rotate-key', step, '--file', file, '--id', id])).code).toBe(code)
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  it.each(['not json', '{}', '{"keys":{"a":"weak"},"current":"a"}', 'null'])(
    'of a file that is none are an error without a secret: %s',
    async (text) => {
      await writeFile(file, text)
      const { code, said } = await runCli(['rotate-key', 'add', '--file', file])
      expect(code).toBe(3)
      expect(said).not.toContain('weak"')
    },
  )
})
