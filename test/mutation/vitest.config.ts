import { defineConfig } from 'vitest/config'

// `holdfast` means src/, as in the tests themselves.
const conditions = ['holdfast-source', 'node', 'import', 'default']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } }

/** The tests that have to notice a mutation of what needs no Redis. */
export default defineConfig({
  ...shared,
  test: { include: ['test/unit/{log,cache,holes,store}/**/*.test.ts'], testTimeout: 30_000 },
})
