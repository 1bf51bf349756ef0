/**
 * Invalidation as a person does it: first what would go, then the question, then the deed. Without a terminal to ask on,
 * --yes must say it beforehand; so a script that forgot it does nothing and says why.
 */
import type { Me } from '../../admin/contract/access.ts'
import type { InvalidateResponse, InvalidateTargets } from '../../admin/contract/invalidation.ts'
import { print, type AdminCommand } from '../command.ts'
import { CliError, ExitCode } from '../exit-code.ts'
import { printable } from '../table.ts'
import { count } from '../units.ts'

export interface InvalidateOptions extends InvalidateTargets {
  readonly dryRun: boolean
  readonly yes: boolean
  readonly reason?: string
}

type DryRun = Extract<InvalidateResponse, { state: 'dry-run' }>

export const invalidate: AdminCommand<InvalidateOptions> = async (context, { dryRun, yes, reason, ...targets }) => {
  const { admin, terminal } = context
  if (Object.values(targets).every((target) => target === undefined || (Array.isArray(target) && target.length === 0)))
    throw new CliError(
      ExitCode.usage,
      'Nothing was named to invalidate',
      'Give --key, --tag, --pattern, --prefix, --family or --all',
    )
  if (!dryRun && !yes && !terminal.isInteractive)
    throw new CliError(
      ExitCode.refused,
      'Nothing was invalidated: there is no terminal to ask for a yes',
      'Give --yes, or --dry-run to see what would go',
    )
  const me = await admin.ask<Me>({ path: 'api/me' })
  const environment = me.environment.label
  const ask = async (more: object): Promise<InvalidateResponse> =>
    admin.ask<InvalidateResponse>({
      method: 'POST',
      path: 'api/invalidate',
      body: { ...targets, ...more, environment },
    })

  const tried = await ask({ dryRun: true })
  if (tried.state !== 'dry-run') throw new CliError(ExitCode.failure, 'The admin API did not answer the dry run as one')
  if (dryRun) {
    print(context, withoutToken(tried), () => describe(tried, environment))
    return ExitCode.ok
  }
  for (const line of describe(tried, environment)) terminal.say(line)
  const why = reason ?? (yes ? 'by the command line' : await terminal.ask('Why? (stands in the audit trail) '))
  if (!yes) await confirm(tried, me.namespace, (question) => terminal.ask(question))
  const done = await ask({
    dryRun: false,
    reason: why || 'no reason given',
    confirmToken: tried.confirmToken,
    typed: tried.typeToConfirm ?? undefined,
  })
  if (done.state !== 'done') throw new CliError(ExitCode.failure, 'The admin API did not invalidate')
  print(context, done, () => [
    done.result === 'acknowledged'
      ? `Invalidated: ${done.targets.map(printable).join(' ')} (${done.id})`
      : `Queued: Redis is away. This process obeys it now, the fleet once Redis answers (${done.id})`,
  ])
  return done.result === 'acknowledged' ? ExitCode.ok : ExitCode.partial
}

/** What must be typed is typed, or nothing happens. */
async function confirm(
  { typeToConfirm }: DryRun,
  namespace: string,
  ask: (question: string) => Promise<string>,
): Promise<void> {
  const wanted = typeToConfirm ?? 'yes'
  const what = typeToConfirm === null ? 'Type yes to invalidate: ' : `Type ${namespace} to invalidate everything: `
  const typed = await ask(what)
  if (typed !== wanted && !(typeToConfirm === null && typed.toLowerCase() === 'y'))
    throw new CliError(ExitCode.refused, 'Nothing was invalidated')
}

function describe({ count: number, counted, sample, targets }: DryRun, environment: string): readonly string[] {
  const many =
    counted === 'unknown'
      ? 'An unknown number of entries'
      : `${counted === 'at-least' ? 'At least ' : ''}${count(number)} ${number === 1 ? 'entry' : 'entries'}`
  return [
    `${many} in ${environment} would go: ${targets.map(printable).join(' ')}`,
    ...sample.map((key) => `  ${printable(key)}`),
    ...(counted !== 'unknown' && number > sample.length ? ['  …'] : []),
  ]
}

/** The token is for this program alone, and of no use after it. */
function withoutToken({ state, count: number, counted, sample, targets, typeToConfirm }: DryRun): object {
  return { state, count: number, counted, sample, targets, typeToConfirm }
}
