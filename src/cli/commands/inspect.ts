import type { KeyDetail, LayerBody } from '../../admin/contract/keys.ts'
import { print, sectionTitle, type AdminCommand, type CommandContext } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { pairs, printable } from '../table.ts'
import { bytes, fromNow, milliseconds, timestamp } from '../units.ts'

export interface InspectOptions {
  readonly key: string
}

/** What every layer holds of a key, what a read would be given and why, and who invalidated it. */
export const inspect: AdminCommand<InspectOptions> = async (context, { key }) => {
  const detail = await context.admin.ask<KeyDetail>({ path: `api/keys/${encodeURIComponent(key)}` })
  print(context, detail, () => describe(context, detail))
  return ExitCode.ok
}

function describe(context: CommandContext, detail: KeyDetail): readonly string[] {
  const { key, family, answer, process: near, redis, lease, invalidations, events, value } = detail
  const now = context.nowMs()
  return [
    sectionTitle(context, printable(key)),
    ...pairs([
      ['answer', answer],
      ['family', family],
      ['in this process', layer(near, now)],
      ['in Redis', layer(redis, now)],
      ['lease', lease.msLeft === null ? lease.state : `${lease.state}, ${milliseconds(lease.msLeft)} left`],
      [
        'value',
        value.state === 'none'
          ? 'none'
          : value.state === 'redacted'
            ? `${value.shape} (not shown)`
            : `${value.json}${value.truncated ? '…' : ''}`,
      ],
    ]),
    ...section(
      context,
      'Invalidated',
      invalidations.map(({ atMs, by, reason, targets }) =>
        [timestamp(atMs), targets.join(' '), by && `by ${by}`, reason && `because ${reason}`]
          .filter(Boolean)
          .join('  '),
      ),
    ),
    ...section(
      context,
      'Lately',
      events.map(({ atMs, text }) => `${timestamp(atMs)}  ${text}`),
    ),
  ]
}

function layer(body: LayerBody, nowMs: number): string {
  if (body.state === 'unreadable') return `unreadable, ${bytes(body.bytes)}: ${body.because}`
  if (body.state !== 'held') return body.state
  const { verdict, because, freshUntilMs, loadCostMs, bytes: size, tags } = body
  return [
    because ? `${verdict}: ${because}` : verdict,
    `fresh until ${timestamp(freshUntilMs)} (${fromNow(freshUntilMs, nowMs)})`,
    loadCostMs > 0 && `loaded in ${milliseconds(loadCostMs)}`,
    size !== null && bytes(size),
    tags.length > 0 && `tags ${tags.join(' ')}`,
  ]
    .filter(Boolean)
    .join(', ')
}

function section(context: CommandContext, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', sectionTitle(context, title), ...lines.map(printable)]
}
