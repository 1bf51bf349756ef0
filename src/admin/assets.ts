/**
 * The dashboard's files, read once when the admin API is made, each with its compressed forms beside it. Only what was found
 * then is ever served, so no path of a request is ever looked up on the disk.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { ConfigError } from '../base/errors.ts'
import { answer } from './answer.ts'
import { Problem } from './problem.ts'

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  json: 'application/json; charset=utf-8',
  woff2: 'font/woff2',
  txt: 'text/plain; charset=utf-8',
}

const ENCODINGS = [
  { encoding: 'br', suffix: '.br' },
  { encoding: 'gzip', suffix: '.gz' },
] as const

interface Asset {
  readonly type: string
  readonly etag: string
  /** Its name changes with what it holds. */
  readonly isImmutable: boolean
  readonly forms: ReadonlyMap<string, Buffer<ArrayBuffer>>
}

export interface Assets {
  /** @throws Problem when there is no such file */
  serve(file: string, request: Request): Response
}

/** @throws ConfigError when the folder has no index.html */
export function readAssets(folder: string | undefined): Assets {
  const files = folder === undefined ? new Map<string, Asset>() : readFolder(folder)
  if (folder !== undefined && !files.has('index.html'))
    throw new ConfigError(
      `assets must be a folder with an index.html, and ${folder} has none: was the dashboard built?`,
    )
  return {
    serve(file, request) {
      const asset = files.get(file)
      if (!asset) throw new Problem('not-found', 'There is no such file')
      const headers = {
        'content-type': asset.type,
        etag: asset.etag,
        vary: 'accept-encoding',
        'cache-control': asset.isImmutable ? 'private, max-age=31536000, immutable' : 'no-cache',
      }
      const known = (request.headers.get('if-none-match') ?? '').split(/\s*,\s*/).map((tag) => tag.replace(/^W\//, ''))
      if (known.includes(asset.etag)) return answer(null, 304, headers)
      const { encoding, bytes } = formFor(asset, request.headers.get('accept-encoding') ?? '')
      return answer(bytes, 200, { ...headers, ...(encoding !== '' && { 'content-encoding': encoding }) })
    },
  }
}

function formFor(
  { forms }: Asset,
  accepted: string,
): { readonly encoding: string; readonly bytes: Buffer<ArrayBuffer> } {
  const names = new Set(
    accepted
      .split(',')
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(';')[0]?.trim().toLowerCase()),
  )
  for (const { encoding } of ENCODINGS) {
    const bytes = names.has(encoding) ? forms.get(encoding) : undefined
    if (bytes) return { encoding, bytes }
  }
  return { encoding: '', bytes: forms.get('') ?? Buffer.alloc(0) }
}

function readFolder(folder: string): ReadonlyMap<string, Asset> {
  const names = ['', 'assets'].flatMap((part) =>
    listed(join(folder, part)).map((name) => (part === '' ? name : `${part}/${name}`)),
  )
  const found = new Set(names)
  return new Map(
    names.flatMap((name): [string, Asset][] => {
      const type = TYPES[name.split('.').at(-1) ?? '']
      if (type === undefined) return []
      const plain = readFileSync(join(folder, name))
      const compressed = ENCODINGS.filter(({ suffix }) => found.has(name + suffix)).map(
        ({ encoding, suffix }) => [encoding, readFileSync(join(folder, name + suffix))] as const,
      )
      const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
      return [
        [name, { type, etag, isImmutable: name.startsWith('assets/'), forms: new Map([['', plain], ...compressed]) }],
      ]
    }),
  )
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
