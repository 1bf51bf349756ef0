import { checkImports } from './imports/check.ts'
import { acyclic, consumers } from './imports/rules.ts'
import { readSourceFiles } from './source-files.ts'

const folders = [...new Set([...acyclic, ...consumers])]
const { files, imports, problems } = checkImports(readSourceFiles(`${import.meta.dirname}/..`, folders))

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`)
  process.exitCode = 1
} else {
  process.stdout.write(`imports: ${files} files, ${imports} imports, all allowed, no cycle\n`)
}
