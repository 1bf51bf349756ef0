import { defineConfig } from 'vitest/config'

const patience = { testTimeout: 180_000, hookTimeout: 180_000 }

// Whole programs and whole topologies, started as a person starts them: they bind ports, spawn Redis and are killed, so one
// file runs at a time.
export default defineConfig({
  test: {
    passWithNoTests: false,
    fileParallelism: false,
    reporters: ['default', './test/support/count-reporter.ts'],
    projects: [
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...patience } },
      {
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          globalSetup: ['./test/support/global-setup.ts', './test/chaos/report.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
