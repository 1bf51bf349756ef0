import { defineConfig } from 'vitest/config'

// `holdfast` means src/, as in the tests themselves.
const conditions = ['holdfast-source', 'node', 'import', 'default']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } }

const redisTests = {
  log: ['test/integration/log/{log,sweeper,switch}.test.ts'],
  cache: ['test/integration/cache/{reading,values,explain}.test.ts'],
}
const folder = process.env['MUTATED_FOLDER'] === 'log' ? 'log' : 'cache'

/**
 * The tests that have to notice a mutation of what is between processes and Redis, by the folder that is mutated.
 * None that spawns a process: it would run the source as it is.
 */
export default defineConfig({
  ...shared,
  test: {
    include: [
      `test/unit/{${folder},holes,store}/**/*.test.ts`,
      'test/mutation/simulated.test.ts',
      ...redisTests[folder],
    ],
    globalSetup: './test/support/global-setup.ts',
    testTimeout: 20_000,
  },
})
