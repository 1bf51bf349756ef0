/*
 * The import rule of src/: which part may import which.
 *
 * A part is a folder of src/ or one of its two root files. Imports go one way, so each row names only rows that
 * stand below it; type imports count. `types` lists parts of which only the types may be used: the importer knows
 * the shape and is handed the thing. Nothing names index.ts, because the public surface is for those outside.
 */

export const parts = [
  'base',
  'codec',
  'keys',
  'redis',
  'log',
  'store',
  'session',
  'cache',
  'source',
  'metrics',
  'insight',
  'config',
  'admin',
  'adapter',
  'service.ts',
  'cli',
  'testing',
  'index.ts',
] as const

export type Part = (typeof parts)[number]

interface Row {
  readonly values: readonly Part[]
  readonly types?: readonly Part[]
}

const foundation = ['base', 'codec', 'keys', 'redis'] as const
const everything = parts.filter((part) => part !== 'index.ts')

export const mayImport: Readonly<Record<Part, Row>> = {
  base: { values: [] },
  codec: { values: ['base'] },
  keys: { values: ['base'] },
  redis: { values: ['base'] },
  log: { values: foundation },
  store: { values: foundation },
  session: { values: foundation },
  cache: { values: ['base', 'codec', 'keys', 'log', 'store'], types: ['redis'] },
  source: { values: [...foundation, 'log', 'store', 'cache'] },
  metrics: { values: ['base'], types: ['cache', 'redis', 'session'] },
  insight: { values: ['base', 'keys', 'metrics'], types: ['cache', 'redis'] },
  config: { values: ['base', 'keys', 'redis'], types: ['cache', 'session', 'insight'] },
  admin: { values: [...foundation, 'log', 'store', 'session', 'cache', 'metrics', 'insight', 'config'] },
  adapter: { values: ['base', 'session', 'admin'] },
  'service.ts': { values: everything },
  cli: { values: ['base', 'config', 'service.ts'] },
  testing: { values: [...foundation, 'log', 'store'] },
  'index.ts': { values: everything },
}

/** Packages that only the named parts may import: the engine knows neither its client nor a framework. */
export const packageOwners: Readonly<Record<string, readonly Part[]>> = {
  ioredis: ['redis'],
  '@datastax/astra-db-ts': ['source'],
  'prom-client': ['metrics'],
  '@opentelemetry/api': ['metrics'],
  fastify: ['adapter'],
  express: ['adapter'],
  hono: ['adapter'],
}

/** Files whose import is computed, and why no literal will do. */
export const computedImports: Readonly<Record<string, string>> = {
  'src/config/read-file.ts': 'the configuration file is named by whoever runs the program',
}

/** Folders that use Holdfast as a stranger would: by `holdfast` and `holdfast/…`, never by a path into src/. */
export const consumers: readonly string[] = ['app', 'bench', 'emulator', 'examples']

/** The one folder of a consumer that reaches inside: it measures parts against what could stand in their place. */
export const partBenches: readonly string[] = ['bench/parts']

/** Where a file-level cycle is refused. */
export const acyclic: readonly string[] = ['src', 'app', 'emulator', 'test/support']
