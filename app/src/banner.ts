/** What is printed once the service listens: where it is, what to try, and how to stop it. */
import type { DemoAccount } from './demo-accounts.ts'
import type { CacheMode } from './options.ts'

export interface BannerFacts {
  /** Such as http://127.0.0.1:3000. */
  readonly origin: string
  readonly cacheMode: CacheMode
  /** Where Redis and the database are, without secrets. */
  readonly redis: string
  readonly database: string
  /** Undefined when the token came from the environment: whoever set it knows it. */
  readonly adminToken: string | undefined
  readonly demoAccounts: readonly DemoAccount[]
  /** What starts another instance on the same Redis and database; undefined where that would tell secrets. */
  readonly secondInstance: string | undefined
}

const SUBMISSION = JSON.stringify({
  title: 'Encounter builder',
  version: '1.1.0',
  description: 'Rules for building encounters',
  requirements: {
    functional: [{ id: 'FR-101', title: 'Budget', description: 'Compute the budget of a party', priority: 'high' }],
    non_functional: [],
  },
})

const MODES: Readonly<Record<CacheMode, string>> = {
  on: 'on: a read comes from this process, from Redis, or from the database and is then kept',
  off: 'switched off: every read asks the database',
  absent: 'absent: the service without Holdfast; no sessions, no Redis',
}

export function banner(facts: BannerFacts): string {
  const { origin, cacheMode, redis, database, secondInstance } = facts
  return [
    `TTRPG Center listens at ${origin}`,
    `  Page      ${origin}/
  API       ${origin}/api/openapi.json  /api/summary  /api/requirements/latest  /api/features  /api/sources
            /api/dictionary/search?q=rest
${cacheMode === 'absent' ? '' : operationsLines(origin)}  Health    ${origin}/livez  ${origin}/readyz  /healthz (as an admin)
  Cache     ${MODES[cacheMode]}
  Redis     ${redis}
  Database  ${database}`,
    tryIt(facts),
    ...accountLines(facts),
    ...(secondInstance === undefined
      ? []
      : [`A second instance, which sees each write of this one:\n  ${secondInstance}`]),
    'Ctrl-C stops everything that was started.',
  ]
    .map((part) => `\n${part}\n`)
    .join('')
}

function operationsLines(origin: string): string {
  return `  Dashboard ${origin}/admin/cache/  (log in as the admin below)\n  Metrics   ${origin}/metrics\n`
}

function tryIt({ origin, adminToken }: BannerFacts): string {
  const look = `curl -si ${origin}/api/requirements/latest | grep -iE 'x-cache|server-timing'`
  return `Ask twice: the second answer is a hit, in well under a millisecond. Submit a version, and the next read is a miss that
shows it. Writes need "Authorization: Bearer" and the admin token${
    adminToken === undefined ? ', here ADMIN_TOKEN' : `:\n  ${adminToken}`
  }
  ${look}
  ${look}
  curl -s -X POST ${origin}/api/requirements/submit -H "Authorization: Bearer ${adminToken ?? '$ADMIN_TOKEN'}" -H 'Content-Type: application/json' -d '${SUBMISSION}'
  ${look}`
}

function accountLines({ origin, demoAccounts }: BannerFacts): readonly string[] {
  if (demoAccounts.length === 0) return []
  const lines = demoAccounts.map(
    ({ username, role, password }) =>
      `  ${username.padEnd(5)} ${role.padEnd(6)} ${password ?? '(password printed by the start that made it)'}`,
  )
  const { username = '', password = '' } = demoAccounts.find(({ role }) => role === 'user') ?? {}
  const credentials = JSON.stringify({ username, password })
  return [
    `Log in as one of these; the session is sealed in Redis and good in every instance:
${lines.join('\n')}
  curl -s -c cookies.txt ${origin}/auth/login -H 'Content-Type: application/json' -d '${credentials}'
  curl -si -b cookies.txt ${origin}/api/user/me/preferences
  curl -s -b cookies.txt ${origin}/auth/devices
  curl -s -b cookies.txt -H 'Origin: ${origin}' -X POST ${origin}/auth/logout`,
  ]
}
