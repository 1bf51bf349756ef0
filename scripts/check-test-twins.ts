import { readSourceFiles } from './source-files.ts'
import { checkTwins, type Allowance } from './twins/check.ts'

/** Files that a unit test could only imitate: what they are for happens between processes. */
const allowances: readonly Allowance[] = []

const root = `${import.meta.dirname}/..`
const tests = new Set(readSourceFiles(root, ['test']).keys())
const { files, problems } = checkTwins(readSourceFiles(root, ['src']), tests, allowances)

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`)
  process.exitCode = 1
} else {
  process.stdout.write(`tests: ${files} files that need a test have one, ${allowances.length} of them elsewhere\n`)
}
