/**
 * Where a command speaks: data to one stream, talk to the other, so that a pipe gets nothing but data. Handed in, so that
 * tests read what a person would.
 */
import type { styleText } from 'node:util'

export interface Terminal {
  /** Data. */
  out(text: string): void
  /** Talk: progress, warnings, questions, errors. */
  say(text: string): void
  /** Whether a person can answer. */
  readonly isInteractive: boolean
  /** Columns of the screen. */
  readonly columns: number
  /** Asks a person and gives the line typed; only where {@link isInteractive}. */
  ask(question: string): Promise<string>
  /** The text in a style, where colours are shown. */
  styled(style: Parameters<typeof styleText>[0], text: string): string
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal
}

/** Whether colours are shown: on a terminal that has them, unless NO_COLOR or CI says otherwise (no-color.org). */
export function hasColours(isTty: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTty && !env['NO_COLOR'] && !env['CI'] && env['TERM'] !== 'dumb'
}
