import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
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
  await using service = createService(config, {
    authorize: 'loopback',
    ...(assets !== undefined && { admin: { assets } }),
  })
  const answer = adminListener(service.admin)
  const server = createServer((request, response) => void answer(request, response))
  const listening = Promise.withResolvers<void>()
  server.once('error', (error) =>
    listening.reject(
      new CliError(
        ExitCode.failure,
        `Port ${port} cannot be opened: ${error.message}`,
        'Give another one with --port',
        { cause: error },
      ),
    ),
  )
  server.listen(port, HOST, () => listening.resolve())
  await listening.promise
  const address = server.address()
  terminal.say(
    `The dashboard of ${config.namespace} (${config.environment}): http://${HOST}:${typeof address === 'object' && address ? address.port : port}/`,
  )
  if (assets === undefined) terminal.say('Its pages are not built here (npm run build); the API answers below api/')
  terminal.say(
    'Figures are of this program, which serves nobody; keys, sessions, alerts and the audit trail are the fleet’s. Ctrl-C ends it',
  )
  const ended = Promise.withResolvers<void>()
  if (terminal.signal.aborted) ended.resolve()
  terminal.signal.addEventListener('abort', () => ended.resolve(), { once: true })
  await ended.promise
  server.closeAllConnections()
  server.close()
  return ExitCode.ok
}

/** Beside the compiled program, and in a checkout where that would be. */
function assetsFolder(): string | undefined {
  return ['../ui', '../../dist/ui']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path))
}
