import { defineConfig } from 'vitest/config'

// `holdfast` inside the clone means src/, not dist/: the same condition `npm start` runs with.
// Without `import`: Node would apply it to require() too, and CommonJS packages would be handed ES modules.
const conditions = ['holdfast-source', 'node', 'default']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } }

interface ProjectOptions {
  readonly testTimeout?: number
  readonly globalSetup?: string
}

const project = (name: string, options: ProjectOptions = {}) => ({
  ...shared,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 10_000, ...options },
})

export default defineConfig({
  ...shared,
  test: {
    reporters: ['default', './test/support/count-reporter.ts'],
    projects: [
      project('unit'),
      project('contract', { globalSetup: './test/support/global-setup.ts' }),
      project('package', { testTimeout: 120_000 }),
      project('simulation', { testTimeout: 60_000, globalSetup: './test/support/global-setup.ts' }),
      project('integration', { testTimeout: 60_000, globalSetup: './test/support/global-setup.ts' }),
    ],
  },
})
