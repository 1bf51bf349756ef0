/**
 * Runs a benchmark by its name, with what it compares Holdfast with installed first: `node bench/run.ts redis`.
 *
 * The installation happens once per lockfile, and only here: whoever installs the repository gets none of it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = import.meta.dirname
const [name = '', ...args] = process.argv.slice(2)
const script = join(folder, `${name}.ts`)

if (!/^[a-z0-9-]+$/.test(name) || name === 'run' || !existsSync(script)) {
  process.stderr.write(`There is no benchmark of the name "${name}" in bench/\n`)
  process.exitCode = 1
} else {
  install()
  run(process.execPath, ['--conditions=holdfast-source', script, ...args])
}

function install(): void {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const installed = join(folder, 'node_modules', '.installed-lock.json')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return
  run('npm', ['ci', '--prefix', folder])
  if (process.exitCode === undefined) writeFileSync(installed, lock)
}

function run(command: string, args: readonly string[]): void {
  if (process.exitCode !== undefined) return
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exitCode = status ?? 1
}
