import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll } from 'vitest'

import type { Config, Environment } from '../../../src/config/config.ts'
import { loadConfig } from '../../../src/config/load-config.ts'

/** What a test writes: a profile by `environment`, variables, and the content of holdfast.config.json. */
export interface Written {
  readonly environment?: Environment
  readonly env?: Readonly<Record<string, string>>
  readonly file?: unknown
}

/** The configuration that comes of it, in a folder that holds nothing else. */
export function configOf({ environment, env = {}, file }: Written): Promise<Config> {
  const cwd = folderWith(file === undefined ? {} : { 'holdfast.config.json': JSON.stringify(file) })
  return loadConfig({ ...(environment === undefined ? {} : { environment }), env, cwd })
}

/** The problems that it is refused with, a line each. */
export async function problemsOf(written: Written): Promise<readonly string[]> {
  const error: unknown = await configOf(written).then(
    () => new Error('it was accepted'),
    (error: unknown) => error,
  )
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_HOLDFAST_CONFIG') throw error
  return error.message
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
}

const folders: string[] = []

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** A new folder with these files, gone when the tests of the file are over. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}
