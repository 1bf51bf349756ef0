import { readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { beforeAll, describe, expect, it } from 'vitest'

import { repositoryFiles, root, temporaryFolder } from './support/clone.ts'
import { anchorsOf, codeOf, linksOf, readPages, tablesOf, type Page } from './support/documents.ts'
import { runNode } from './support/run.ts'

let pages: readonly Page[]
let files: ReadonlySet<string>
let tests: ReadonlyMap<string, string>

beforeAll(async () => {
  pages = await readPages()
  files = new Set(await repositoryFiles())
  const paths = [...files].filter((path) => /^test\/.+\.test\.ts$/.test(path))
  tests = new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), 'utf8')] as const)),
  )
})

/** Files and their folders. */
function exists(path: string): boolean {
  const folder = path.endsWith('/') ? path : `${path}/`
  return files.has(path) || [...files].some((file) => file.startsWith(folder))
}

// What the block of a page leaves out, so that it can be read.
const imports: Readonly<Record<string, string>> = {
  'docs/reference/configuration.md': `import { describeConfig, loadConfig } from 'holdfast/config'`,
}

/** Compiles texts as a user's files would be, each by itself and all in one run. */
async function compile(sources: ReadonlyMap<string, string>): Promise<void> {
  await using folder = await temporaryFolder()
  const config = { extends: join(root, 'tsconfig.json'), include: ['*.ts'] }
  await writeFile(join(folder.path, 'tsconfig.json'), JSON.stringify(config))
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ type: 'module' }))
  // Here `holdfast` is a link to the clone, whose condition leads to src/.
  await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'))
  for (const [name, text] of sources) await writeFile(join(folder.path, name), text)
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  await runNode([compiler, '-p', folder.path], { cwd: folder.path })
}

describe('the documents', () => {
  it('are there', () => {
    const expected = [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'CHANGELOG.md',
      'docs/README.md',
    ]
    expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(expected))
  })

  it('link to files and headings that are there', () => {
    const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]))
    const links = pages.flatMap(linksOf)
    const broken = links.filter(
      ({ path, anchor }) => !exists(path) || (anchor !== undefined && !anchors.get(path)?.has(anchor)),
    )
    expect(links.length).toBeGreaterThan(100)
    expect(broken).toEqual([])
  })

  it('are all in the index', () => {
    const index = pages.filter(({ path }) => path === 'docs/README.md').flatMap(linksOf)
    const listed = new Set(index.map(({ path }) => path))
    const missing = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !listed.has(path))
    expect(missing).toEqual(['docs/README.md'])
  })

  it('show code that compiles against the sources', async () => {
    const blocks = pages.flatMap((page) =>
      codeOf(page).map((code, index): [string, string] => [
        `${page.path.replaceAll('/', '_')}_${index + 1}.ts`,
        [imports[page.path] ?? '', code, 'export {}\n'].join('\n'),
      ]),
    )
    expect(blocks.map(([name]) => name)).toContain('README.md_1.ts')
    await compile(new Map(blocks))
  })

  it('would not pass with code that does not', async () => {
    const broken = `import { createCache } from 'holdfast'\ncreateCache({ namespace: 'x', redis: null, bund: '2s' })\n`
    await expect(compile(new Map([['broken.ts', broken]]))).rejects.toThrow(/'bund' does not exist/)
  })
})

/** How many lines the requirement has of each kind. */
const lines: readonly (readonly [section: string, count: number])[] = [
  ['FR-404.1', 5],
  ['FR-404.2', 5],
  ['FR-404.3', 5],
  ['FR-404.4', 5],
  ['FR-404.5', 5],
  // Three environments, ten settings, six TTLs.
  ['TR-404.1', 3 + 10 + 6],
  ['TR-404.2', 7],
  ['TR-404.3', 6],
  ['AC-404.1', 5],
  ['AC-404.2', 4],
  ['AC-404.3', 5],
  ['AC-404.4', 4],
  ['Named tests', 21],
  ['Risks', 4],
  ['Mitigations', 4],
  ['Success metrics', 4],
  ['Documents', 6],
  ['Follow-up work', 4],
  // Eight days of four tasks.
  ['Plan', 8 * 4],
]

const namedTests = [
  'test_cache_get_hit_returns_cached_value',
  'test_cache_get_miss_returns_none',
  'test_cache_set_stores_value_with_ttl',
  'test_cache_invalidate_removes_matching_keys',
  'test_connection_failure_graceful_degradation',
  'test_cached_decorator_returns_cached_result',
  'test_cached_decorator_calls_function_on_miss',
  'test_cache_key_generation_consistent',
  'test_ttl_parameter_respected',
  'test_create_session_returns_session_id',
  'test_get_session_returns_decrypted_data',
  'test_invalidate_session_removes_session',
  'test_session_data_encryption',
  'test_requirements_caching_end_to_end',
  'test_database_query_caching',
  'test_session_management_across_requests',
  'test_cache_invalidation_on_data_updates',
  'test_cache_response_time_under_5ms',
  'test_cache_hit_rate_over_70_percent',
  'test_concurrent_cache_operations',
  'test_memory_usage_within_limits',
]

interface Row {
  readonly section: string
  readonly line: string
  readonly status: string
  readonly implemented: string
  readonly proofs: readonly { readonly path: string; readonly describe: string }[]
}

const tracePath = 'docs/reference/traceability.md'

function tracedRows(): readonly Row[] {
  const tables = pages.filter(({ path }) => path === tracePath).flatMap((page) => [...tablesOf(page)])
  return tables.flatMap(([section, rows]) =>
    rows.map((cells) => {
      const [line = '', status = '', implemented = '', proved = ''] = cells
      const proofs = [...proved.matchAll(/\]\(([^)]+)\) `([^`]+)`/g)].map(([, path = '', name = '']) => ({
        path: join(dirname(tracePath), path),
        describe: name,
      }))
      return { section, line, status: status.replaceAll('`', ''), implemented, proofs }
    }),
  )
}

function hasDescribe(path: string, name: string): boolean {
  return ["'", '"', '`'].some((quote) => tests.get(path)?.includes(`describe(${quote}${name}${quote}`))
}

describe('the traceability page', () => {
  it('has the sections of the requirement, and for each line of them one row', () => {
    const rows = tracedRows()
    const counted = lines.map(([section]) => [section, rows.filter((row) => row.section === section).length])
    expect(counted).toEqual(lines)
    expect(new Set(rows.map(({ section }) => section)).size).toBe(lines.length)
    expect(new Set(rows.map(({ section, line }) => `${section} ${line}`)).size).toBe(rows.length)
  })

  it('gives each line one of four states', () => {
    const states = new Set(['done', 'part', 'not yet', 'later'])
    expect(tracedRows().filter(({ status }) => !states.has(status))).toEqual([])
  })

  it('names code, and a test by its file and describe, for whatever is done in full or in part', () => {
    const claimed = tracedRows().filter(({ status }) => status === 'done' || status === 'part')
    const unfounded = claimed.filter(
      ({ section, implemented, proofs }) =>
        proofs.length === 0 || (section !== 'Named tests' && !implemented.includes('](')),
    )
    const missing = claimed
      .flatMap(({ line, proofs }) => proofs.map((proof) => ({ line, ...proof })))
      .filter((proof) => !hasDescribe(proof.path, proof.describe))
    expect(claimed.length).toBeGreaterThan(0)
    expect(unfounded).toEqual([])
    expect(missing).toEqual([])
  })

  it('claims no proof for what is not there', () => {
    const open = tracedRows().filter(({ status }) => status === 'not yet' || status === 'later')
    expect(open.filter(({ proofs }) => proofs.length > 0)).toEqual([])
  })

  it('has each named test, as done exactly when a test file describes it', () => {
    const stated = tracedRows().filter(({ section }) => section === 'Named tests')
    const states = stated.map(({ line, status }) => [line.replaceAll('`', ''), status])
    const actual = namedTests.map((name) => {
      const isDescribed = [...tests.keys()].some((path) => hasDescribe(path, name))
      return [name, isDescribed ? 'done' : 'not yet']
    })
    expect(states).toEqual(actual)
  })
})
