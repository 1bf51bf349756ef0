/*
 * Writes admin.openapi.json, the OpenAPI document of the admin API, from its table of routes. With --check it writes nothing
 * and fails when the file is out of date. Format the file after writing it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

import { openApi } from './openapi/document.ts'
import { schemasOf } from './openapi/interfaces.ts'

const root = join(import.meta.dirname, '..')
const file = join(root, 'admin.openapi.json')
const contract = join(root, 'src', 'admin', 'contract')
/** Those that hold functions and tables; what they say is in the document itself. */
const CODE = new Set(['fields.ts', 'route.ts', 'table.ts', 'live.ts'])

const sources = readdirSync(contract)
  .filter((name) => !CODE.has(name))
  .sort()
  .map((name) => readFileSync(join(contract, name), 'utf8'))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
const document = openApi(schemasOf(sources), version)

if (!process.argv.includes('--check')) {
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
} else if (!isDeepStrictEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(document)))) {
  process.stderr.write('admin.openapi.json is out of date: run node scripts/write-admin-openapi.ts\n')
  process.exitCode = 1
}
