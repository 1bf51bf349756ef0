import { createInterface } from 'node:readline/promises'
import { styleText } from 'node:util'

import { hasColours, type Terminal } from './terminal.ts'

/** The terminal that this process was started in. */
export function processTerminal(signal: AbortSignal): Terminal {
  const { stdin, stdout, stderr, env } = process
  const colours = hasColours(stdout.isTTY && stderr.isTTY, env)
  return {
    out: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    isInteractive: stdin.isTTY && stderr.isTTY,
    columns: stdout.columns ?? 120,
    async ask(question) {
      // On stderr: the answer to a question is no data.
      const lines = createInterface({ input: stdin, output: stderr })
      try {
        return (await lines.question(question, { signal })).trim()
      } finally {
        lines.close()
      }
    },
    styled: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
    signal,
  }
}
