import { defineConfig } from 'vitest/config'

// Whole programs, started as a person starts them: they bind ports and spawn Redis, so one file runs at a time.
export default defineConfig({
  test: {
    name: 'e2e',
    include: ['test/e2e/**/*.test.ts'],
    passWithNoTests: false,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['default', './test/support/count-reporter.ts'],
  },
})
