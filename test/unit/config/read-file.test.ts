import { join } from 'node:path'
import { inspect } from 'node:util'

import { describe, expect, it } from 'vitest'

import { readConfigFile } from '../../../src/config/read-file.ts'
import { folderWith } from './written-config.ts'

const JSON_FILE = 'holdfast.config.json'
const failureOf = async (files: Readonly<Record<string, string>>, file?: string): Promise<Error> => {
  const read = readConfigFile(file, folderWith(files))
  const error: unknown = await read.catch((error: unknown) => error)
  if (!(error instanceof Error)) throw new Error('it was read')
  expect(error).toMatchObject({ code: 'ERR_HOLDFAST_CONFIG' })
  expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  return error
}

describe('the configuration file', () => {
  it('need not exist', async () => {
    expect(await readConfigFile(undefined, folderWith({}))).toBeUndefined()
  })

  it.each([
    [JSON_FILE, '{ "namespace": "a" }'],
    ['holdfast.config.mjs', 'export default { namespace: "a" }'],
    ['holdfast.config.mjs', 'export const config = { namespace: "a" }'],
    ['holdfast.config.ts', 'const namespace: string = "a"\nexport const config = { namespace }'],
  ])('is found by its usual name: %s holding %j', async (name, text) => {
    expect(await readConfigFile(undefined, folderWith({ [name]: text }))).toEqual({
      content: { namespace: 'a' },
      source: `file ${name}`,
    })
  })

  it('is the one that is named, relative to the folder or not, and not the usual one', async () => {
    const folder = folderWith({ 'other.json': '{"namespace":"b"}', [JSON_FILE]: '{' })
    expect(await readConfigFile('other.json', folder)).toMatchObject({ content: { namespace: 'b' } })
    const elsewhere = await readConfigFile(join(folder, 'other.json'), folderWith({}))
    expect(elsewhere?.source).toBe(`file ${join(folder, 'other.json')}`)
  })

  it('must exist once it is named', async () => {
    expect((await failureOf({}, 'none.json')).message).toContain('none.json: does not exist')
  })

  it('must be one', async () => {
    const { message } = await failureOf({ [JSON_FILE]: '{}', 'holdfast.config.ts': '' })
    expect(message).toContain('holdfast.config.json: stands beside holdfast.config.ts')
  })

  it('must be JSON; the error tells the place, not the text around it', async () => {
    const { message } = await failureOf({ [JSON_FILE]: '{\n  "password": "hunter2"\n  "host": "h"\n}' })
    expect(message).toContain('holdfast.config.json: is not valid JSON at line 3, column 3')
    await failureOf({ [JSON_FILE]: '{"hunter2": }' })
    await failureOf({ [JSON_FILE]: 'hunter2' })
  })

  it('must be readable', async () => {
    expect((await failureOf({}, '..')).message).toContain('cannot be loaded')
  })

  it('must export a configuration, if it is a module', async () => {
    const { message } = await failureOf({ 'holdfast.config.mjs': 'export const settings = {}' })
    expect(message).toContain('exports no configuration')
  })

  it('must be a module that loads; the error repeats nothing of it', async () => {
    const thrown = await failureOf({ 'holdfast.config.mjs': 'throw new TypeError("hunter2")' })
    expect(thrown.message).toContain('holdfast.config.mjs: cannot be loaded: TypeError')
    const broken = await failureOf({ 'holdfast.config.mjs': 'export default { password: "hunter2" ' })
    expect(broken.message).toContain('holdfast.config.mjs: cannot be loaded')
    await failureOf({ 'holdfast.config.mjs': 'throw "hunter2"' })
  })
})
