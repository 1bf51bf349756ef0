import type { Reporter, SerializedError, TestModule } from 'vitest/node'

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Prints `N passed, N failed` as the last line of the run, for scripts that add runs up.
 *
 * What keeps tests from running is a failure too: a file that does not load, a hook or a suite that throws, an error that
 * no test caught, a test that never came to an end, and a run that fails without any of these. The line never reads
 * better than the run was.
 */
class CountReporter implements Reporter {
  #counts: Counts = { passed: 0, failed: 0, skipped: 0 }

  onInit(): void {
    // At the exit, since the default reporter prints its summary after the run has ended.
    process.once('exit', (exitCode) => process.stdout.write(`${lineOf(this.#counts, exitCode)}\n`))
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.#counts = modules.map(countsOf).reduce(sum, { passed: 0, failed: unhandledErrors.length, skipped: 0 })
  }
}

function countsOf(module: TestModule): Counts {
  const states = [...module.children.allTests()].map((test) => test.result().state)
  const count = (state: (typeof states)[number]) => states.filter((each) => each === state).length
  const brokenSuites = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length
  return {
    passed: count('passed'),
    failed: count('failed') + count('pending') + brokenSuites,
    skipped: count('skipped'),
  }
}

function sum(one: Counts, other: Counts): Counts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  }
}

function lineOf({ passed, failed, skipped }: Counts, exitCode: number): string {
  const line = `${passed} passed, ${failed === 0 && exitCode !== 0 ? 1 : failed} failed`
  return skipped === 0 ? line : `${line}, ${skipped} skipped`
}

// oxlint-disable-next-line import/no-default-export -- vitest takes a reporter's default export
export default CountReporter
