import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'

import { adminListener } from '../adapter/http.ts'
import type { Config } from '../config/config.ts'
import { createService } from '../service.ts'
import { CliError, ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

const HOST = '127.0.0.1'

/** Serves the dashboard over the configured Redis, to this machine alone, until it is interrupted. */
export async function serveUi(terminal: Terminal, config: Config, port: number): Promise<ExitCode> {
  const assets = assetsFolder()
  const service = createService(config, {
    authorize: 'loopback',
    ...(assets !== undefined && { admin: { assets } }),
  })
  const answer = adminListener(service.admin)
  const server = createServer((request, response) => void answer(request, response))
  try {
    const opened = await listen(server, port)
    terminal.say(`The dashboard of ${config.namespace} (${config.environment}): http://${HOST}:${opened}/`)
    if (assets === undefined) terminal.say('Its pages are not built here (npm run build); the API answers below api/')
    terminal.say(
      'Figures are of this program, which serves nobody; keys, sessions, alerts and the audit trail are the fleet’s. Ctrl-C ends it',
    )
    await aborted(terminal.signal)
    return ExitCode.ok
  } finally {
    server.closeAllConnections()
    server.close()
    await service.close()
  }
}

/** The port that was opened. @throws CliError */
async function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, HOST, resolve)
  try {
    await promise
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(ExitCode.failure, `Port ${port} cannot be opened: ${reason}`, 'Give another one with --port', {
      cause,
    })
  }
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

/** Beside the compiled program, and in a checkout where that would be. */
function assetsFolder(): string | undefined {
  return ['../ui', '../../dist/ui']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path))
}
