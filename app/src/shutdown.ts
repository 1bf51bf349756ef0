/**
 * Closes what was started, in the reverse order, once. Nothing that fails or hangs while closing keeps the rest from being
 * closed. The first Ctrl-C closes in order; a later one ends the process at once.
 */
export interface Shutdown {
  /** Has `close` called at the end; what was added last is closed first. */
  add(name: string, close: () => Promise<unknown>): void
  /** Closes everything, once, however often it is called. */
  run(): Promise<void>
}

export interface ShutdownDeps {
  /** Told of what could not be closed. */
  readonly report: (line: string) => void
  /** How long one thing may take to close. @default 5000 */
  readonly patienceMs?: number
}

export function createShutdown({ report, patienceMs = 5000 }: ShutdownDeps): Shutdown {
  const open: { readonly name: string; readonly close: () => Promise<unknown> }[] = []
  let running: Promise<void> | undefined

  const closeAll = async (): Promise<void> => {
    for (let last = open.pop(); last; last = open.pop()) {
      try {
        await withinPatience(last.close, patienceMs)
      } catch (error) {
        report(`${last.name} did not close: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  return {
    add(name, close) {
      open.push({ name, close })
      // What was still starting when the end came is closed as it arrives.
      if (running) running = running.then(closeAll)
    },
    run: () => (running ??= closeAll()),
  }
}

async function withinPatience(close: () => Promise<unknown>, patienceMs: number): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`not within ${patienceMs} ms`)), patienceMs)
  try {
    await Promise.race([close(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** What a process does about signals. `process` itself fits. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

export interface SignalDeps {
  readonly source: SignalSource
  /** Milliseconds of a clock that only rises. */
  readonly monoMs: () => number
  /** Called for the first signal. */
  readonly stop: () => void
  /** Called for a signal that comes when stopping takes too long for somebody. */
  readonly force: () => void
}

// One Ctrl-C can arrive twice: from the terminal, and passed on by npm.
const SAME_SIGNAL_MS = 500

export function listenToSignals({ source, monoMs, stop, force }: SignalDeps): void {
  let firstMs: number | undefined
  const listener = (): void => {
    if (firstMs === undefined) {
      firstMs = monoMs()
      stop()
    } else if (monoMs() - firstMs >= SAME_SIGNAL_MS) {
      force()
    }
  }
  source.on('SIGINT', listener)
  source.on('SIGTERM', listener)
}
