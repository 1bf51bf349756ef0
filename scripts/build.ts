import { spawnSync } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const packageFile = fileURLToPath(import.meta.resolve('typescript/package.json'))
const compiler = join(packageFile, '..', 'bin', 'tsc')

// A file deleted from src/ would live on in dist/ and be published.
rmSync(dist, { recursive: true, force: true })
const { status, error } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (error !== undefined) throw error

if (status === 0) process.stdout.write(`build: ${globSync('**/*.js', { cwd: dist }).length} modules in dist/\n`)
process.exitCode = status ?? 1
