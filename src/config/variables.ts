import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Report } from './problems.ts'

/** What a variable gives. `text` is undefined when it gives something that cannot be had; that has been reported. */
export interface Variable {
  readonly text: string | undefined
  readonly source: string
  /** It was read from a file, as secrets are, so its text is not shown whatever the setting is. */
  readonly isFromFile: boolean
}

/** The variables of the environment, each of which may be given as the name of a file: `NAME_FILE` holds where `NAME` is. */
export interface Variables {
  readonly names: readonly string[]
  /** The variable alone. */
  get(name: string): string | undefined
  /** The variable, or the content of the file that `NAME_FILE` names, less one trailing line break. */
  read(name: string): Variable | undefined
}

export function createVariables(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  report: Report,
): Variables {
  const get = (name: string): string | undefined => (Object.hasOwn(env, name) ? env[name] : undefined)
  const seen = new Map<string, Variable | undefined>()

  const find = (name: string): Variable | undefined => {
    const text = get(name)
    const file = get(`${name}_FILE`)
    const source = `env ${file === undefined ? name : `${name}_FILE`}`
    if (file === undefined) return text === undefined ? undefined : { text, source, isFromFile: false }
    if (text !== undefined) {
      report({ path: name, what: `is set, and so is ${name}_FILE`, source: 'env', advice: 'unset one of them' })
      return { text: undefined, source, isFromFile: true }
    }
    try {
      return { text: readFileSync(resolve(cwd, file), 'utf8').replace(/\r?\n$/, ''), source, isFromFile: true }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
      // The name is not repeated: it may be the secret itself, put into the wrong variable.
      report({ path: `${name}_FILE`, what: `must name a file that can be read, but that failed with ${code}`, source })
      return { text: undefined, source, isFromFile: true }
    }
  }

  return {
    names: Object.keys(env),
    get,
    read(name) {
      // Once each: a variable may be asked for by several settings, and its problem should be told once.
      if (!seen.has(name)) seen.set(name, find(name))
      return seen.get(name)
    },
  }
}
