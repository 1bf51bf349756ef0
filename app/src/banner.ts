/** What is printed once the service listens: where it is, how to see a hit, how to write, and how to stop it. */
export interface BannerFacts {
  /** Such as http://127.0.0.1:3000. */
  readonly origin: string
  /** Where Redis and the database are, without secrets. */
  readonly redis: string
  readonly database: string
  /** Undefined when the token came from the environment: whoever set it knows it. */
  readonly adminToken: string | undefined
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

export function banner({ origin, redis, database, adminToken }: BannerFacts): string {
  const hit = `curl -si ${origin}/api/requirements/latest | grep -i x-cache`
  return `
TTRPG Center listens at ${origin}

  Page      ${origin}/
  API       ${origin}/api/requirements/latest  /api/requirements/versions  /api/features  /api/sources
  Health    ${origin}/livez  ${origin}/readyz
  Redis     ${redis}
  Database  ${database}

See a hit: the second answer comes from the cache.
  ${hit}
  ${hit}

Submit a new version; the next read shows it. Writes need "Authorization: Bearer" and the admin token${
    adminToken === undefined ? ', here ADMIN_TOKEN' : `:\n  ${adminToken}`
  }
  curl -s -X POST ${origin}/api/requirements/submit -H "Authorization: Bearer ${adminToken ?? '$ADMIN_TOKEN'}" -H 'Content-Type: application/json' -d '${SUBMISSION}'

Ctrl-C stops everything that was started.
`
}
