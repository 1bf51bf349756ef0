/**
 * Starts the service: Redis, the database, the data, the server, in this order. Whatever was started is closed again, on
 * Ctrl-C and also when a later step fails; then one sentence says why, and the exit code is 1.
 */
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'

import { createHotKeys } from 'holdfast'

import { accountId } from './accounts/repository.ts'
import type { Credential } from './auth.ts'
import { banner } from './banner.ts'
import { createApp, type App } from './create-app.ts'
import { databaseReason } from './database.ts'
import { createDemoAccounts, type DemoAccount } from './demo-accounts.ts'
import { loadData } from './load-data.ts'
import { resolveOptions, USAGE, type AppOptions } from './options.ts'
import { createShutdown, listenToSignals, type Shutdown } from './shutdown.ts'
import { startDatabase, type StartedDatabase } from './start-database.ts'
import { StartError } from './start-error.ts'
import { startHoldfast, type StartedHoldfast } from './start-holdfast.ts'
import { warmUp } from './warm-up.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const complain = (line: string): void => void process.stderr.write(`${line}\n`)

/** Runs the service until a signal ends it. */
export async function main(): Promise<void> {
  const shutdown = createShutdown({ report: complain })
  let ending = false
  const end = async (exitCode: number): Promise<void> => {
    ending = true
    await shutdown.run()
    process.exit(exitCode)
  }
  listenToSignals({
    source: process,
    monoMs: () => performance.now(),
    stop: () => void end(0),
    force: () => process.exit(130),
  })
  try {
    const options = resolveOptions(process.env, process.argv.slice(2))
    if (options === 'help') print(USAGE)
    else await start(options, shutdown)
  } catch (error) {
    // What fails because it is being closed is not worth a word.
    if (ending) return
    complain(error instanceof StartError ? error.message : `The service could not start: ${databaseReason(error)}`)
    await end(1)
  }
}

async function start(options: AppOptions, shutdown: Shutdown): Promise<void> {
  await checkFolder(options.dataFolder)
  const holdfast = await startHoldfast(options, shutdown, print)
  const database = await startDatabase(options.database, holdfast?.cache, shutdown)
  const hotKeys = holdfast && createHotKeys(holdfast)
  shutdown.add('the hot keys', async () => hotKeys?.close())
  // A Redis that was there before may hold entries of another database.
  if (database.isNew) await holdfast?.cache.invalidate({ all: true, reason: 'the database is new' })

  const drawnToken = options.adminToken === undefined && options.environment === 'dev' ? draw() : undefined
  const auditKey = options.auditKey ?? draw()
  const app = createApp({
    db: database.db,
    cachedDb: database.cachedDb,
    holdfast,
    credentials: credentialsOf(options, drawnToken),
    auditKey,
    limitsRates: options.limitsRates,
    environment: options.environment,
    metricsToken: options.metricsToken,
    onAlert: complain,
    onFailure: (request, error) => complain(`${request} failed: ${databaseReason(error)}`),
  })
  await loadData(app, options.dataFolder, print)
  const demoAccounts = await createAccountsFor(options, app)
  const origin = await listen(app, options, shutdown)
  print(
    banner({
      origin,
      cacheMode: options.cacheMode,
      redis: holdfast?.place ?? 'none',
      database: database.place,
      adminToken: drawnToken,
      demoAccounts,
      secondInstance: secondInstance(holdfast, database, auditKey),
    }),
  )
  if (!holdfast || !hotKeys || options.cacheMode !== 'on') return
  const stopWarming = new AbortController()
  // Not waited for: the service answers while it warms.
  const warming = warmUp({ ...app, cache: holdfast.cache, hotKeys, signal: stopWarming.signal, progress: print })
  shutdown.add('the warm-up', () => {
    stopWarming.abort()
    return warming
  })
}

async function createAccountsFor(
  { environment, adminPassword, cacheMode }: AppOptions,
  { accounts }: App,
): Promise<readonly DemoAccount[]> {
  if (adminPassword !== undefined && !(await accounts.exists('admin')))
    await accounts.register('admin', adminPassword, 'admin')
  return environment === 'dev' && cacheMode !== 'absent' ? createDemoAccounts(accounts) : []
}

/** Only where Redis and the database were started here, so that the line holds no secret that outlives this process. */
function secondInstance(
  holdfast: StartedHoldfast | undefined,
  { emulator }: StartedDatabase,
  auditKey: string,
): string | undefined {
  if (holdfast?.privateUrl === undefined || holdfast.drawnKeys === undefined || !emulator) return undefined
  const place = `REDIS_URL=${holdfast.privateUrl} ASTRA_DB_API_ENDPOINT=${emulator.endpoint}`
  const keys = `SESSION_KEYS='${holdfast.drawnKeys}' AUDIT_KEY=${auditKey}`
  return `PORT=0 ${place} ASTRA_DB_APPLICATION_TOKEN=${emulator.token} ${keys} npm start`
}

function draw(): string {
  return randomBytes(24).toString('base64url')
}

function credentialsOf({ adminToken, userToken }: AppOptions, drawnToken: string | undefined): readonly Credential[] {
  const admin = adminToken ?? drawnToken
  return [
    ...(admin === undefined ? [] : [{ token: admin, user: 'admin', id: accountId('admin'), role: 'admin' } as const]),
    ...(userToken === undefined
      ? []
      : [{ token: userToken, user: 'user', id: accountId('user'), role: 'user' } as const]),
  ]
}

async function listen({ server }: App, { host, port }: AppOptions, shutdown: Shutdown): Promise<string> {
  shutdown.add('the server', () => server.close())
  try {
    await server.listen({ host, port })
    return server.listeningOrigin
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: `Port ${port} on ${host} is taken: set PORT to another one, or to 0 for any free one`,
      EACCES: `Port ${port} on ${host} may not be opened by this user: set PORT to one above 1023`,
    }
    throw new StartError(reasons[code] ?? `The service cannot listen on ${host}: is HOST right? (${code})`, { cause })
  }
}

async function checkFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return
  const found = await stat(folder).catch(() => undefined)
  if (!found) throw new StartError(`The --data directory ${folder} does not exist`)
  if (!found.isDirectory()) throw new StartError(`The --data directory ${folder} is not a directory`)
}
