/**
 * Mutation testing of the log and the engine: `npm run mutate`, or `npm run mutate -- --mutate src/log/marks.ts` for a part.
 * Stryker is installed beside what is there when it is first run: a stranger's `npm ci` has no use for its 160 packages.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const VERSION = '10.1.1'
const root = join(import.meta.dirname, '..')
const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`)

function run(command: string, args: readonly string[]): number {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1
}

const isInstalled = existsSync(join(root, 'node_modules/@stryker-mutator/vitest-runner'))
const failed = isInstalled ? 0 : run('npm', ['install', '--no-save', '--no-package-lock', ...packages])
process.exitCode =
  failed || run('npx', ['stryker', 'run', 'test/mutation/stryker.config.json', ...process.argv.slice(2)])
