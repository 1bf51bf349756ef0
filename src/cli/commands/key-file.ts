/**
 * A file of keys, as createKeyRing() takes it: `{ "current": "2026-11", "keys": { "2026-11": "…" } }`. It is changed in the
 * three steps of a rotation: add (everyone learns to open with the new key), use (it seals), retire (the old one leaves).
 * Only its owner may read it, and it is replaced whole, so that nobody ever reads half of it.
 */
import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'

import { isHoldfastError } from '../../base/errors.ts'
import { createKeyRing } from '../../codec/key-ring.ts'
import { CliError, ExitCode } from '../exit-code.ts'
import { print, type CommandContext } from '../command.ts'

type Context = Pick<CommandContext, 'terminal' | 'json'>

interface KeyFile {
  readonly current: string
  readonly keys: Readonly<Record<string, string>>
}

/** 32 random bytes as base64. */
const newKey = (): string => randomBytes(32).toString('base64')

export interface KeygenOptions {
  /** Writes a file of keys instead of printing a key. */
  readonly file?: string
  readonly id: string
}

/** A new key: printed, or as the first one of a file. */
export async function keygen(context: Context, { file, id }: KeygenOptions): Promise<ExitCode> {
  if (file === undefined) {
    const key = newKey()
    print(context, { id, key }, () => [key])
    return ExitCode.ok
  }
  const made = { current: id, keys: { [id]: newKey() } }
  await write(file, made, 'wx')
  print(context, { file, current: id }, () => [
    `${file} holds a new key, ${id}. Only its owner may read it; keep a copy where secrets are kept`,
  ])
  return ExitCode.ok
}

export interface RotateOptions {
  readonly file: string
  readonly step: 'add' | 'use' | 'retire'
  readonly id: string
}

/** One step of a rotation. */
export async function rotateKey(context: Context, { file, step, id }: RotateOptions): Promise<ExitCode> {
  const before = await read(file)
  const after = STEPS[step](before, id)
  check(file, after)
  await write(file, after, 'w')
  const ids = Object.keys(after.keys)
  print(context, { file, current: after.current, ids }, () => [
    `${file}: ${after.current} seals, ${ids.join(', ')} open`,
    NEXT[step],
  ])
  return ExitCode.ok
}

const NEXT = {
  add: 'Give it to every process, then: holdfast rotate-key use',
  use: 'Give it to every process. When nothing sealed with the old key is left (the longest session, the longest TTL), then: holdfast rotate-key retire',
  retire: 'Give it to every process. What the retired key sealed opens no more',
} as const

const STEPS: Readonly<Record<RotateOptions['step'], (file: KeyFile, id: string) => KeyFile>> = {
  add({ current, keys }, id) {
    if (keys[id] !== undefined) throw new CliError(ExitCode.usage, `There is a key ${id} already`)
    return { current, keys: { ...keys, [id]: newKey() } }
  },
  use({ keys }, id) {
    if (keys[id] === undefined)
      throw new CliError(ExitCode.usage, `There is no key ${id}`, 'First: holdfast rotate-key add')
    return { current: id, keys }
  },
  retire({ current, keys }, id) {
    if (keys[id] === undefined) throw new CliError(ExitCode.usage, `There is no key ${id}`)
    if (id === current)
      throw new CliError(
        ExitCode.refused,
        `${id} is the key that seals`,
        'First: holdfast rotate-key use, with another one',
      )
    const { [id]: _, ...left } = keys
    return { current, keys: left }
  },
}

async function read(file: string): Promise<KeyFile> {
  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new CliError(
      ExitCode.config,
      `${file} cannot be read as a file of keys`,
      'Make one with: holdfast keygen --file',
      { cause: error },
    )
  }
  check(file, parsed as KeyFile)
  return parsed as KeyFile
}

/** By the rules of a key ring itself, whose words never hold a secret. */
function check(file: string, keys: KeyFile): void {
  try {
    createKeyRing(keys)
  } catch (error) {
    const reason = isHoldfastError(error) ? error.message : 'it is not `{ "current": id, "keys": { id: key } }`'
    throw new CliError(ExitCode.config, `${file} is no file of keys: ${reason}`, '', { cause: error })
  }
}

async function write(file: string, keys: KeyFile, flag: 'w' | 'wx'): Promise<void> {
  const text = `${JSON.stringify(keys, null, 2)}\n`
  try {
    if (flag === 'wx') return await writeFile(file, text, { flag, mode: 0o600 })
    const next = `${file}.${randomBytes(6).toString('hex')}`
    await writeFile(next, text, { flag: 'wx', mode: 0o600 })
    await rename(next, file)
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new CliError(
      exists ? ExitCode.refused : ExitCode.failure,
      exists ? `${file} exists already, and keys are never overwritten` : `${file} cannot be written`,
      '',
      { cause: error },
    )
  }
}
