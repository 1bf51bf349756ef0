/**
 * Runs the tests of the cached client against a real AstraDB. It empties the collections `things` and `others` of its default
 * keyspace. Exit code: that of the tests, or 2 when there are no credentials, since nothing was tested then.
 */
import { spawnSync } from 'node:child_process'

const { ASTRA_DB_API_ENDPOINT: endpoint, ASTRA_DB_APPLICATION_TOKEN: token } = process.env

if (!endpoint || !token) {
  process.stderr.write(
    'Not run: set ASTRA_DB_API_ENDPOINT and ASTRA_DB_APPLICATION_TOKEN to a database whose collections "things" and\n' +
      '"others" may be emptied. Without them the same tests run against the emulator: npm run test:integration\n',
  )
  process.exitCode = 2
} else {
  const folder = 'test/integration/source/astra'
  const tests = ['gives what an uncached one does', 'is seen by every read after it', 'is seen however its id is spelt']
  const args = ['run', '--project', 'integration', folder, '-t', tests.join('|'), '--testTimeout', '300000']
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', ...args, '--no-file-parallelism'], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
