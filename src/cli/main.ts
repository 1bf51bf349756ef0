#!/usr/bin/env node
/** The program `holdfast`. */
import { setTimeout as sleep } from 'node:timers/promises'

import { VERSION } from '../admin/version.ts'
import { createAdminClient } from './admin-client.ts'
import { CliError, ExitCode } from './exit-code.ts'
import { localAdmin } from './local-admin.ts'
import { processTerminal } from './process-terminal.ts'
import { runProgram } from './program.ts'
import { serveUi } from './serve-ui.ts'

const interrupted = new AbortController()
process.once('SIGINT', () => {
  interrupted.abort()
  // The second one ends it whatever it does.
  process.once('SIGINT', () => process.exit(ExitCode.interrupted))
})
// A reader such as `head` that has enough closes the pipe: no mistake of anybody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const terminal = processTerminal(interrupted.signal)
const exitCode = await runProgram(
  {
    terminal,
    env: process.env,
    cwd: process.cwd(),
    version: VERSION,
    nowMs: () => Date.now(),
    pause: (ms) => sleep(ms, undefined, { signal: interrupted.signal }).catch(() => undefined),
    remote: (url, token) =>
      createAdminClient(
        baseOf(url),
        (request) => fetch(request),
        token === undefined ? {} : { authorization: `Bearer ${token}` },
      ),
    local: localAdmin,
    serve: (config, port) => serveUi(terminal, config, port),
  },
  process.argv.slice(2),
)
process.exit(exitCode)

/** A mount's URL, to which paths are added. */
function baseOf(url: string): URL {
  if (!URL.canParse(url))
    throw new CliError(
      ExitCode.usage,
      `--url takes a URL such as http://localhost:3000/admin/, got ${JSON.stringify(url)}`,
    )
  const base = new URL(url)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base
}
