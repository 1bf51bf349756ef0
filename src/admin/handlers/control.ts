/** Routes that turn something while it runs: the fleet's switch, TTLs, the warm-up. */
import type { SwitchBody, SwitchStatus, TtlBody, TtlPolicy } from '../contract/control.ts'
import type { WarmBody, WarmStatus } from '../contract/invalidation.ts'
import type { AdminDeps, AdminRequest } from '../deps.ts'
import { Problem } from '../problem.ts'

export function switchStatus({ options, switchNews }: AdminDeps): SwitchStatus {
  return { enabled: options.cache.enabled(), ...switchNews.last(), acknowledged: null }
}

export async function switchTo({ options }: AdminDeps, { body, caller, note }: AdminRequest): Promise<SwitchStatus> {
  const { enabled, reason } = body as SwitchBody
  note({ targets: [enabled ? 'on' : 'off'], reason })
  const { acknowledged } = await options.cache.switchTo(enabled, { by: caller.user, reason })
  note({ result: acknowledged ? 'done' : 'queued' })
  return { enabled: options.cache.enabled(), by: caller.user, reason, acknowledged }
}

export function ttls({ ttls: control }: AdminDeps): TtlPolicy {
  return control.policy()
}

export async function setTtl(
  { ttls: control }: AdminDeps,
  { params, body, caller, note }: AdminRequest,
): Promise<TtlPolicy> {
  const name = params['name'] ?? ''
  const { ttlMs, reason } = body as TtlBody
  note({ targets: [`${name} ${ttlMs === null ? 'as before' : `${ttlMs} ms`}`], reason })
  if (!/^[\w.-]{1,100}$/.test(name))
    throw new Problem('bad-request', 'The name of a family takes letters, digits, dots, underscores and hyphens')
  await control.set(name, ttlMs, caller.user)
  return control.policy()
}

export function warmStatus({ warming }: AdminDeps): WarmStatus {
  return warming.status()
}

export function warm({ options, warming }: AdminDeps, { body, caller, note }: AdminRequest): WarmStatus {
  const { steps: wanted, reason = '' } = body as WarmBody
  note({ targets: wanted ?? ['all steps'], reason })
  if (!options.warmPlan) throw new Problem('not-available', 'This deployment was built without a plan to warm')
  const plan = options.warmPlan()
  const unknown = (wanted ?? []).filter((name) => !plan.some((step) => step.name === name))
  if (unknown.length > 0)
    throw new Problem(
      'not-found',
      `There is no step ${unknown.join(', ')}; there are ${plan.map((step) => step.name).join(', ')}`,
    )
  const steps = wanted ? plan.filter((step) => wanted.includes(step.name)) : plan
  if (!warming.begin(steps, caller.user)) throw new Problem('bad-request', 'A warm-up is running already')
  return warming.status()
}
