import type { Overview } from '../../admin/contract/overview.ts'
import { print, type AdminCommand } from '../command.ts'
import { ExitCode } from '../exit-code.ts'

/** Whether it works, in a word and in the exit code: for scripts and probes. */
export const health: AdminCommand<object> = async (context) => {
  const { cache, redis, problems } = await context.admin.ask<Overview>({ path: 'api/overview' })
  const isDown = redis.state === 'down'
  const isWell = cache.state === 'ok' && problems.length === 0 && !isDown
  print(context, { state: isWell ? 'ok' : 'degraded', cache: cache.state, redis: redis.state, problems }, () => [
    `cache ${cache.state}, Redis ${redis.state}`,
    ...problems.map((problem) => `! ${problem}`),
  ])
  if (isDown) return ExitCode.unreachable
  return isWell ? ExitCode.ok : ExitCode.degraded
}
