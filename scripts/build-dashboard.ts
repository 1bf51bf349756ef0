/**
 * Builds dashboard/ into dist/ui: one script and one stylesheet, named by what they hold, each with its compressed forms
 * beside it. Fails when what a browser loads grows past the budget. With --if-older it builds nothing when what is there is
 * younger than its source: `npm start` asks so.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'

import { build } from 'esbuild'

/** Gzipped bytes of the page, its script and its stylesheet together. */
const BUDGET_BYTES = 60_000

const root = join(import.meta.dirname, '..')

/** @returns gzipped bytes of all that a browser loads */
async function buildDashboard(folder: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'dashboard/main.tsx')],
    bundle: true,
    minify: true,
    write: false,
    outdir: folder,
    format: 'esm',
    target: ['es2022', 'chrome123', 'firefox121', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  })
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'assets'), { recursive: true })
  const names = new Map<string, string>()
  let total = 0
  for (const { path, contents } of outputFiles) {
    const extension = path.endsWith('.css') ? 'css' : 'js'
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 10)
    names.set(extension, `assets/dashboard.${hash}.${extension}`)
    total += writeForms(join(folder, `assets/dashboard.${hash}.${extension}`), contents)
  }
  const page = readFileSync(join(root, 'dashboard/index.html'), 'utf8')
    .replace('%STYLE%', names.get('css') ?? '')
    .replace('%SCRIPT%', names.get('js') ?? '')
  total += writeForms(join(folder, 'index.html'), Buffer.from(page))
  if (total > BUDGET_BYTES) throw new Error(`The dashboard is ${total} bytes gzipped, and ${BUDGET_BYTES} are allowed`)
  return total
}

function writeForms(file: string, contents: Uint8Array): number {
  const gzipped = gzipSync(contents, { level: 9 })
  writeFileSync(file, contents)
  writeFileSync(`${file}.gz`, gzipped)
  writeFileSync(`${file}.br`, brotliCompressSync(contents))
  return gzipped.byteLength
}

function isYounger(folder: string): boolean {
  const sources = join(root, 'dashboard')
  const changed = readdirSync(sources, { recursive: true, encoding: 'utf8' }).map((name) =>
    changedMs(join(sources, name)),
  )
  return changedMs(join(folder, 'index.html')) >= Math.max(...changed)
}

const changedMs = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'if-older': { type: 'boolean' } } })
const target = positionals[0] ?? join(root, 'dist/ui')
if (values['if-older'] !== true || !isYounger(target)) {
  process.stdout.write(`dashboard: ${await buildDashboard(target)} bytes gzipped in ${target}\n`)
}
