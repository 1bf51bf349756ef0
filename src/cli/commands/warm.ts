import type { WarmStatus } from '../../admin/contract/invalidation.ts'
import { print, type AdminCommand } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { printable } from '../table.ts'
import { count } from '../units.ts'

export interface WarmOptions {
  /** Names of steps; all when empty. */
  readonly steps: readonly string[]
  readonly reason?: string
  /** Looks without beginning anything. */
  readonly status: boolean
}

const LOOK_EVERY_MS = 250
const BAR = 30
/** Up one line, and empties it. */
const OVER_THE_LAST = '\u001b[1A\u001b[2K'

/** Has the service load what is asked for most, and watches until it is done. Interrupting stops the watching only. */
export const warm: AdminCommand<WarmOptions> = async (context, { steps, reason, status }) => {
  const { admin, terminal, pause } = context
  const begun = status
    ? await admin.ask<WarmStatus>({ path: 'api/warm' })
    : await admin.ask<WarmStatus>({
        method: 'POST',
        path: 'api/warm',
        body: { ...(steps.length > 0 && { steps }), ...(reason !== undefined && { reason }) },
      })
  let now = begun
  let isDrawn = false
  while (!status && now.state === 'running' && !terminal.signal.aborted) {
    if (terminal.isInteractive && !context.json) {
      terminal.say(`${isDrawn ? OVER_THE_LAST : ''}${bar(now)}`)
      isDrawn = true
    }
    await pause(LOOK_EVERY_MS)
    now = await admin.ask<WarmStatus>({ path: 'api/warm' })
  }
  print(context, now, () => [
    `${now.state}: ${count(now.done)} of ${count(now.total)} entries, ${count(now.failed)} failed${now.by === null ? '' : `, asked for by ${now.by}`}`,
    ...now.failures.map(
      ({ step, key, message }) => `  ${step}${key === null ? '' : ` ${printable(key)}`}: ${printable(message)}`,
    ),
  ])
  if (terminal.signal.aborted) return ExitCode.interrupted
  if (now.state === 'failed') return ExitCode.failure
  return now.failed > 0 ? ExitCode.partial : ExitCode.ok
}

function bar({ done, total }: WarmStatus): string {
  const share = total === null || total === 0 ? 0 : done / total
  const full = Math.round(BAR * share)
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${count(done)} of ${count(total)}`
}
