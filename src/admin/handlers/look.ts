/** Routes that show how the cache does. */
import { allows, PERMISSIONS, type Me, type Permission } from '../contract/access.ts'
import type { FamilyDetail, FamilyList } from '../contract/families.ts'
import type { ActivityList, History, Overview } from '../contract/overview.ts'
import type { ConfigBody, ExportBody } from '../contract/settings.ts'
import { describeConfig } from '../../config/describe-config.ts'
import { answer, json } from '../answer.ts'
import type { AdminDeps, AdminRequest } from '../deps.ts'
import { familyOf } from '../keys/page.ts'
import { familyRows, overviewOf, sameName, withoutFigures } from '../overview.ts'
import { Problem } from '../problem.ts'
import { VERSION } from '../version.ts'

const HOT_KEYS = 20

export function me({ options }: AdminDeps, { caller }: AdminRequest): Me {
  const permissions = Object.keys(PERMISSIONS) as Permission[]
  return {
    ...caller,
    permissions: permissions.filter((permission) => allows(caller.role, permission)),
    readOnly: options.readOnly,
    environment: options.environment,
    namespace: options.cache.namespace,
    hidden: options.hide,
    parts: {
      redis: options.redis !== null,
      sessions: options.sessions !== undefined,
      metrics: options.figures !== undefined,
      alerts: options.alerts !== undefined,
      config: options.config !== undefined,
      warm: options.warmPlan !== undefined,
    },
    version: VERSION,
  }
}

export function overview(deps: AdminDeps): Overview {
  return overviewOf(deps)
}

export function history({ options }: AdminDeps, { query }: AdminRequest): History {
  const { range = '5m' } = query as { readonly range?: History['range'] }
  const found = options.figures?.history(range)
  return { range, stepMs: found?.stepMs ?? 1000, points: found?.points ?? [] }
}

export function activity({ activities }: AdminDeps): ActivityList {
  return { activities: activities.list() }
}

export function families(deps: AdminDeps): FamilyList {
  return { families: familyRows(deps), measured: deps.options.figures !== undefined }
}

export async function family(deps: AdminDeps, { params }: AdminRequest): Promise<FamilyDetail> {
  const name = params['name'] ?? ''
  const row = familyRows(deps).find((known) => sameName(known.name, name))
  const hot = ((await deps.options.hotKeys?.saved()) ?? []).filter(({ key }) => sameName(familyOf(key), name))
  if (!row && hot.length === 0) throw new Problem('not-found', `Nothing is known here of a family ${name}`)
  const warmable = deps.options.warmPlan?.().some((step) => sameName(step.name, name)) ?? false
  return { family: row ?? withoutFigures(name, null), hotKeys: hot.slice(0, HOT_KEYS), warmable }
}

export function config({ options }: AdminDeps): ConfigBody {
  if (!options.config) throw new Problem('not-available', 'This deployment was built without its configuration')
  return { rows: describeConfig(options.config) }
}

export function exported(deps: AdminDeps): Response {
  const { figures } = deps.options
  const ranges: readonly History['range'][] = figures ? ['5m', '1h', '24h'] : []
  const body: ExportBody = {
    schema: 1,
    atMs: deps.clock.wallMs(),
    overview: overviewOf(deps),
    families: familyRows(deps),
    history: ranges.map((range) => ({ range, stepMs: 1000, points: [], ...figures?.history(range) })),
  }
  const stamp = new Date(body.atMs).toISOString().replaceAll(':', '').slice(0, 15)
  const name = `cache-${deps.options.environment.label.replace(/[^\w-]/g, '-')}-${stamp}.json`
  return json(body, 200, { 'content-disposition': `attachment; filename="${name}"` })
}

export function events({ hub }: AdminDeps, { raw }: AdminRequest): Response {
  const response = hub.open(raw.headers.get('last-event-id'))
  if (response) return response
  throw new Problem('rate-limited', 'As many dashboards are open as may be: ask for the overview instead', {
    headers: { 'retry-after': '30' },
  })
}

export async function metrics({ options }: AdminDeps): Promise<Response> {
  const exposition = await options.figures?.exposition?.()
  if (!exposition) throw new Problem('not-available', 'This deployment exposes no metrics here')
  return answer(exposition.text, 200, { 'content-type': exposition.contentType })
}
