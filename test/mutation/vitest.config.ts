import { defineConfig } from 'vitest/config'

// `holdfast` means src/, as in the tests themselves.
const conditions = ['holdfast-source', 'node', 'import', 'default']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } }

/** The tests that have to notice a mutation of the log or the engine. */
export default defineConfig({
  ...shared,
  test: {
    include: [
      'test/unit/{log,cache,holes}/**/*.test.ts',
      'test/contract/**/*.test.ts',
      'test/integration/{log,holes}/**/*.test.ts',
      'test/integration/cache/{reading,strict,values,explain,outage,codec}.test.ts',
      'test/simulation/simulation.test.ts',
    ],
    globalSetup: './test/support/global-setup.ts',
    testTimeout: 60_000,
  },
})
