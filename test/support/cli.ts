import { hasColours, type Terminal } from '../../src/cli/terminal.ts'
import { localAdmin } from '../../src/cli/local-admin.ts'
import { createAdminClient, type Send } from '../../src/cli/admin-client.ts'
import { runProgram } from '../../src/cli/program.ts'

/** What a command line did: its exit code, its data and its talk. */
export interface CliRun {
  readonly code: number
  readonly out: string
  readonly said: string
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** What a person types, question by question; without them nobody can be asked. */
  readonly answers?: readonly string[]
  /** Interrupts after so many pauses. */
  readonly pauses?: number
  /** Answers what --url asks. */
  readonly service?: Send
}

/** Runs a command line in this process as a person would, and reads what they would read. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const { env = {}, cwd = process.cwd(), pauses = 0 } = options
  const out: string[] = []
  const said: string[] = []
  const answers = [...(options.answers ?? [])]
  const interrupted = new AbortController()
  let paused = 0
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    say: (text) => void said.push(text),
    isInteractive: options.answers !== undefined,
    columns: 100,
    ask: (question) => {
      said.push(question)
      return Promise.resolve(answers.shift() ?? '')
    },
    styled: (_, text) => (hasColours(true, env) ? `*${text}*` : text),
    signal: interrupted.signal,
  }
  const code = await runProgram(
    {
      terminal,
      env: { NO_COLOR: '1', ...env },
      cwd,
      version: '0.0.0',
      nowMs: () => Date.UTC(2026, 10, 23),
      pause: async () => {
        paused += 1
        if (paused > pauses) interrupted.abort()
      },
      remote: (url, token) =>
        createAdminClient(
          new URL(url),
          options.service ?? fetch,
          token === undefined ? {} : { authorization: `Bearer ${token}` },
        ),
      local: localAdmin,
      serve: async () => 0,
    },
    args,
  )
  return { code, out: out.join('\n'), said: said.join('\n') }
}
