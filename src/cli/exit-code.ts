/** How the program ends: a number for scripts, the same in every command. docs/operations/cli.md has the table. */
export const ExitCode = {
  ok: 0,
  /** Something went wrong that has no code of its own. */
  failure: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** The configuration is wrong; the message lists all of it. */
  config: 3,
  /** Redis, or the admin API, cannot be reached. */
  unreachable: 4,
  /** It works, and something is not as it should be: `health` when degraded, `doctor --strict` with a warning. */
  degraded: 5,
  /** Not done: it needs --yes, a role, or another environment. */
  refused: 6,
  /** Done in part: `warm` with failed loads, an invalidation that is queued. */
  partial: 7,
  interrupted: 130,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** What ends a command: shown to the person as its message, and to the shell as its number. */
export class CliError extends Error {
  readonly exitCode: ExitCode
  /** What to do about it; its own line. */
  readonly hint: string

  constructor(exitCode: ExitCode, message: string, hint = '', options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
    this.hint = hint
  }
}
