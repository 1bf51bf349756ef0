import { existsSync, readFileSync } from 'node:fs'
import { extname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { toConfigError } from './problems.ts'

/** A configuration file as it was written, and how messages name it. */
export interface WrittenFile {
  readonly content: unknown
  readonly source: string
}

const NAMES = ['holdfast.config.json', 'holdfast.config.mjs', 'holdfast.config.ts']

/**
 * The configuration file: the one named by `file`, or else the one of its usual names in `cwd`, or undefined.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when it is missing, cannot be read, or there are several
 */
export async function readConfigFile(file: string | undefined, cwd: string): Promise<WrittenFile | undefined> {
  const path = file === undefined ? findFile(cwd) : resolve(cwd, file)
  if (path === undefined) return undefined
  const local = relative(cwd, path)
  const name = local.startsWith('..') ? path : local
  if (!existsSync(path)) throw failure(name, 'does not exist', 'create it, or name another file')
  const content = extname(path) === '.json' ? readJson(path, name) : await readModule(path, name)
  return { content, source: `file ${name}` }
}

function findFile(cwd: string): string | undefined {
  const [found, another] = NAMES.filter((name) => existsSync(join(cwd, name)))
  if (found !== undefined && another !== undefined) {
    throw failure(found, `stands beside ${another}`, 'remove one of them, or name the one to use')
  }
  return found === undefined ? undefined : join(cwd, found)
}

function readJson(path: string, name: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw failure(
      name,
      `cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'}`,
    )
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    // Only the place: the parser's message quotes the text around it, where passwords stand, and so would a cause.
    const [, line, column] = /line (\d+) column (\d+)/.exec(String(error)) ?? []
    const place = line === undefined ? '' : ` at line ${line}, column ${column}`
    throw failure(name, `is not valid JSON${place}`, 'look for a missing or trailing comma, a comment, or a quote')
  }
}

async function readModule(path: string, name: string): Promise<unknown> {
  const module = await importFile(path, name)
  const found = module['default'] ?? module['config']
  if (found === undefined) throw failure(name, 'exports no configuration', 'export it as default, or as config')
  return found
}

async function importFile(path: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      throw failure(
        name,
        'cannot be loaded by this version of Node.js',
        'use Node.js 22.18 or newer for .ts, or write it as .mjs or .json',
      )
    }
    // Its own message may quote the file, where passwords stand: no message, no cause.
    const kind = error instanceof Error ? error.name : 'what it throws'
    throw failure(name, `cannot be loaded: ${kind}`, `run node ${name} to see where`)
  }
}

function failure(path: string, what: string, advice?: string): Error {
  return toConfigError([{ path, what, advice }])
}
