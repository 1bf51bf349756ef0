import type { AdminClient } from './admin-client.ts'
import type { ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly admin: AdminClient
  /** Machine-readable: one JSON document, or one a line of what goes on. */
  readonly json: boolean
  readonly nowMs: () => number
  /** Resolves after so long, or at once when the person interrupts. */
  readonly pause: (ms: number) => Promise<void>
}

/** A command that asks the admin API. */
export type AdminCommand<Options> = (context: CommandContext, options: Options) => Promise<ExitCode>

/** Prints what a command found: as one JSON document with its schema's number, or as lines for a person. */
export function print(
  { json, terminal }: Pick<CommandContext, 'json' | 'terminal'>,
  data: object,
  lines: () => readonly string[],
): void {
  if (json) terminal.out(JSON.stringify({ schema: 1, ...data }))
  else for (const line of lines()) terminal.out(line)
}

export const sectionTitle = ({ terminal }: Pick<CommandContext, 'terminal'>, title: string): string =>
  terminal.styled('bold', title)
