/**
 * The command line: which commands there are, what they take and where they get it. A flag wins over a variable, that over
 * the file, that over the default. What a command does stands in its own file.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'

import { toMs } from '../base/duration.ts'
import { isHoldfastError } from '../base/errors.ts'
import { loadConfig } from '../config/load-config.ts'
import type { Config } from '../config/config.ts'
import type { AdminClient } from './admin-client.ts'
import type { AdminCommand, CommandContext } from './command.ts'
import { alerts, silence, unsilence } from './commands/alerts.ts'
import { audit } from './commands/audit.ts'
import { checkConfig, printConfig } from './commands/config.ts'
import { doctor } from './commands/doctor.ts'
import { health } from './commands/health.ts'
import { inspect } from './commands/inspect.ts'
import { invalidate } from './commands/invalidate.ts'
import { keygen, rotateKey, type RotateOptions } from './commands/key-file.ts'
import { keys } from './commands/keys.ts'
import { metrics } from './commands/metrics.ts'
import { listSessions, revokeSessions } from './commands/sessions.ts'
import { stats } from './commands/stats.ts'
import { switchCache, ttl } from './commands/switch.ts'
import { top } from './commands/top.ts'
import { warm } from './commands/warm.ts'
import { CliError, ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

export interface ProgramDeps {
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly version: string
  readonly nowMs: () => number
  readonly pause: (ms: number) => Promise<void>
  /** The admin API of a running service. */
  readonly remote: (url: string, token: string | undefined) => AdminClient
  /** The admin API that this program runs itself over the configured Redis. */
  readonly local: (config: Config) => AdminClient
  /** Serves the dashboard over the configured Redis until it is interrupted. */
  readonly serve: (config: Config, port: number) => Promise<ExitCode>
}

interface GlobalOptions {
  readonly url?: string
  readonly token?: string
  readonly config?: string
  readonly environment?: 'dev' | 'test' | 'prod'
  readonly json?: true
}

const REASON = ['--reason <text>', 'why: stands in the audit trail'] as const
const YES = ['-y, --yes', 'do it without asking'] as const

/** Runs one command line. Never throws: what goes wrong is said, and in the exit code. */
export async function runProgram(deps: ProgramDeps, args: readonly string[]): Promise<ExitCode> {
  const { terminal } = deps
  let ended: ExitCode = ExitCode.ok
  const program = createProgram(deps, (code) => {
    ended = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return ended
  } catch (error) {
    if (terminal.signal.aborted) return ExitCode.interrupted
    return explain(terminal, error)
  }
}

function explain(terminal: Terminal, error: unknown): ExitCode {
  // Thrown by an action, where the parser of the command line does not see it.
  if (error instanceof InvalidArgumentError) terminal.say(error.message)
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
  if (error instanceof CliError) {
    terminal.say(terminal.styled('red', error.message))
    if (error.hint) terminal.say(error.hint)
    return error.exitCode
  }
  if (isHoldfastError(error)) {
    terminal.say(terminal.styled('red', error.message))
    return error.code === 'ERR_HOLDFAST_CONFIG'
      ? ExitCode.config
      : error.code.startsWith('ERR_HOLDFAST_STORE') || error.code === 'ERR_HOLDFAST_CIRCUIT_OPEN'
        ? ExitCode.unreachable
        : error.code === 'ERR_HOLDFAST_KEY'
          ? ExitCode.usage
          : ExitCode.failure
  }
  terminal.say(terminal.styled('red', error instanceof Error ? (error.stack ?? error.message) : String(error)))
  terminal.say('This is a mistake in holdfast itself: please report it')
  return ExitCode.failure
}

function createProgram(deps: ProgramDeps, end: (code: ExitCode) => void): Command {
  const { terminal, env } = deps
  const program = new Command('holdfast')
    .description(
      'Looks after a cache and its sessions: through the admin API of a running service (--url), or over the configured Redis',
    )
    .version(deps.version, '-V, --version', 'prints the version')
    .helpOption('-h, --help', 'prints help')
    .option(
      '--url <url>',
      'the admin API of a running service, such as http://localhost:3000/admin/ (HOLDFAST_ADMIN_URL)',
      env['HOLDFAST_ADMIN_URL'],
    )
    .option(
      '--token <token>',
      'a bearer token for it; better by the variable HOLDFAST_ADMIN_TOKEN, which no list of processes shows',
    )
    .option('--config <file>', 'the configuration file, where there is no --url')
    .addOption(
      new Option('--environment <name>', 'whose profile and settings hold, where there is no --url').choices([
        'dev',
        'test',
        'prod',
      ]),
    )
    .option('--json', 'prints JSON for programs: one document, or one a line of what goes on')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
    })
    .showHelpAfterError('(holdfast --help tells more)')
    .addHelpText('after', EXIT_CODES)

  const globals = (): GlobalOptions => program.opts<GlobalOptions>()
  const config = async (): Promise<Config> => {
    const { config: file, environment } = globals()
    return loadConfig({
      env: deps.env,
      cwd: deps.cwd,
      ...(file !== undefined && { file }),
      ...(environment !== undefined && { environment }),
    })
  }
  const output = () => ({ terminal, json: globals().json === true })
  const asking = async <Options>(command: AdminCommand<Options>, options: Options): Promise<void> => {
    const { url, token = env['HOLDFAST_ADMIN_TOKEN'] } = globals()
    const admin = url === undefined ? deps.local(await config()) : deps.remote(url, token)
    const context: CommandContext = { ...output(), admin, nowMs: deps.nowMs, pause: deps.pause }
    try {
      end(await command(context, options))
    } finally {
      await admin.close()
    }
  }

  program
    .command('stats')
    .description('what the cache does: hit ratio, loads spared, times, memory, what is wrong')
    .option('-w, --watch', 'again and again')
    .option('--every <time>', 'how often, with --watch', duration, 2000)
    .action((given: { watch?: true; every: number }) =>
      asking(stats, { watch: given.watch === true, everyMs: given.every }),
    )
  program
    .command('top')
    .description('the busiest families, live')
    .option('--every <time>', 'how often', duration, 2000)
    .option('--looks <number>', 'ends after so many', whole(1, 1_000_000))
    .action((given: { every: number; looks?: number }) =>
      asking(top, { everyMs: given.every, ...(given.looks !== undefined && { looks: given.looks }) }),
    )
  program
    .command('keys [pattern]')
    .description('keys in Redis; the pattern is a glob')
    .option('--family <name>', 'only of this family')
    .option('-n, --limit <number>', 'rows at most', whole(1, 100_000), 100)
    .option('--cursor <cursor>', 'goes on where an earlier listing ended')
    .action((pattern: string | undefined, given: { family?: string; limit: number; cursor?: string }) =>
      asking(keys, { ...given, ...(pattern !== undefined && { pattern }) }),
    )
  for (const name of ['inspect', 'explain']) {
    program
      .command(`${name} <key>`, { hidden: name === 'explain' })
      .description('what every layer holds of a key, what a read would get and why, who invalidated it')
      .action((key: string) => asking(inspect, { key }))
  }
  program
    .command('invalidate')
    .description('makes entries stale everywhere: shows what would go, asks, then does it')
    .option('-k, --key <key...>', 'these keys')
    .option('-t, --tag <tag...>', 'all that carries these tags')
    .option('--pattern <glob>', 'all keys that match')
    .option('--prefix <text>', 'all keys that begin so')
    .option('--family <name>', 'all keys of a family')
    .option('--all', 'everything')
    .option('--dry-run', 'only shows what would go')
    .option(...YES)
    .option(...REASON)
    .action((given: InvalidateFlags) => asking(invalidate, invalidateOptions(given)))
  program
    .command('warm [steps...]')
    .description('has the service load what is asked for most, and watches')
    .option('--status', 'only looks at a warm-up under way')
    .option(...REASON)
    .action((steps: string[], given: { status?: true; reason?: string }) =>
      asking(warm, {
        steps,
        status: given.status === true,
        ...(given.reason !== undefined && { reason: given.reason }),
      }),
    )

  const sessions = program.command('sessions').description('who is logged in, and ending it')
  sessions
    .command('list [user]', { isDefault: true })
    .description('how many sessions there are; of one user, each')
    .action((user: string | undefined) => asking(listSessions, user === undefined ? {} : { user }))
  sessions
    .command('revoke <user> [handle]')
    .description('ends one session of a user, or all of them')
    .option(...YES)
    .requiredOption(...REASON)
    .action((user: string, handle: string | undefined, given: { yes?: true; reason: string }) =>
      asking(revokeSessions, {
        user,
        reason: given.reason,
        yes: given.yes === true,
        ...(handle !== undefined && { handle }),
      }),
    )

  program
    .command('doctor')
    .description('looks for what is known to go wrong, and says how to mend it')
    .option('--strict', 'a warning, too, is an exit code')
    .option('--all', 'also prints what is in order')
    .action((given: { strict?: true; all?: true }) =>
      asking(doctor, { strict: given.strict === true, all: given.all === true }),
    )
  program
    .command('health')
    .description('ok or degraded, also as exit code')
    .action(() => asking(health, {}))
  program
    .command('alerts')
    .description('what fires')
    .option('--all', 'also the rules that do not')
    .action((given: { all?: true }) => asking(alerts, { all: given.all === true }))
  program
    .command('silence <alert>')
    .description('keeps an alert quiet for a while')
    .requiredOption('--minutes <number>', 'for how long', whole(1, 10_080))
    .requiredOption(...REASON)
    .action((alert: string, given: { minutes: number; reason: string }) => asking(silence, { alert, ...given }))
  program
    .command('unsilence <id>')
    .description('takes a silence back')
    .action((id: string) => asking(unsilence, { id }))
  program
    .command('audit')
    .description('who did what, also what was refused')
    .option('-n, --limit <number>', 'rows at most', whole(1, 500), 50)
    .option('--search <text>', 'in targets and reasons')
    .option('--user <name>', 'by this person')
    .option('--action <name>', 'of this kind')
    .option('--before <id>', 'older ones')
    .action((given: { limit: number }) => asking(audit, given))
  program
    .command('switch [on|off]')
    .description('whether the fleet caches; turns it on or off')
    .option(...REASON)
    .action((to: string | undefined, given: { reason?: string }) =>
      asking(switchCache, {
        ...(to !== undefined && { to: onOrOff(to) }),
        reason: given.reason ?? 'by the command line',
      }),
    )
  program
    .command('ttl [family] [time]')
    .description('how long each kind of data is fresh; lays a TTL over one, or takes it back with "default"')
    .option(...REASON)
    .action((name: string | undefined, time: string | undefined, given: { reason?: string }) =>
      asking(ttl, {
        ...(name !== undefined && { name }),
        ...(time !== undefined && { ttlMs: time === 'default' ? null : duration(time) }),
        reason: given.reason ?? 'by the command line',
      }),
    )
  program
    .command('metrics')
    .description('the metrics, as Prometheus reads them')
    .action(() => asking(metrics, {}))

  const settings = program.command('config').description('the configuration')
  settings
    .command('check', { isDefault: true })
    .description('says whether it is right, and all that is not')
    .action(async () => end(checkConfig(output(), await config())))
  settings
    .command('print')
    .description('every setting, its value and where it came from')
    .action(async () => end(printConfig(output(), await config())))

  program
    .command('keygen')
    .description('a new key for encryption: prints it, or begins a file of keys')
    .option('--file <file>', 'begins this file')
    .option('--id <id>', 'the name of the key, which is not secret', today(deps.nowMs()))
    .action(async (given: { file?: string; id: string }) => end(await keygen(output(), given)))
  program
    .command('rotate-key <step>')
    .description('a step of a rotation in a file of keys: add, use or retire')
    .requiredOption('--file <file>', 'the file of keys')
    .option('--id <id>', 'the key', today(deps.nowMs()))
    .action(async (step: string, given: { file: string; id: string }) =>
      end(await rotateKey(output(), { ...given, step: stepOf(step) })),
    )
  program
    .command('ui')
    .description('serves the dashboard on this machine, over the configured Redis')
    .option('-p, --port <number>', 'the port', whole(0, 65_535), 6380)
    .action(async (given: { port: number }) => end(await deps.serve(await config(), given.port)))
  return program
}

interface InvalidateFlags {
  readonly key?: readonly string[]
  readonly tag?: readonly string[]
  readonly pattern?: string
  readonly prefix?: string
  readonly family?: string
  readonly all?: true
  readonly dryRun?: true
  readonly yes?: true
  readonly reason?: string
}

function invalidateOptions({ key, tag, dryRun, yes, ...rest }: InvalidateFlags) {
  return {
    ...rest,
    ...(key && { keys: key }),
    ...(tag && { tags: tag }),
    dryRun: dryRun === true,
    yes: yes === true,
  }
}

function duration(text: string): number {
  try {
    return toMs(text as Parameters<typeof toMs>[0], 'the time')
  } catch {
    throw new InvalidArgumentError('It takes a number and a unit, such as 500ms, 2s or 15m.')
  }
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`)
  }
}

function onOrOff(text: string): 'on' | 'off' {
  if (text === 'on' || text === 'off') return text
  throw new CliError(ExitCode.usage, `switch takes on or off, got ${JSON.stringify(text)}`)
}

function stepOf(text: string): RotateOptions['step'] {
  if (text === 'add' || text === 'use' || text === 'retire') return text
  throw new CliError(ExitCode.usage, `rotate-key takes add, use or retire, got ${JSON.stringify(text)}`)
}

/** Keys are named after the day they were made. */
function today(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10)
}

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 not understood, 3 configuration wrong, 4 Redis or the service unreachable,
5 degraded (health, doctor --strict), 6 refused (needs --yes or a role), 7 done in part, 130 interrupted.`
