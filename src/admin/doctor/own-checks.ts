/** Checks of this process and its options. */
import { ABSENT, critical, info, ok, unknown, warning, type Check } from './finding.ts'

export const ownChecks: readonly Check[] = [
  {
    id: 'cache-enabled',
    title: 'The fleet caches',
    link: 'docs/operations/admin.md',
    look: ({ deps: { cache } }) =>
      cache.enabled()
        ? ok('on')
        : warning('off: every read asks the source', 'Switch it on when the reason is gone: the audit trail says it'),
  },
  {
    id: 'log-heard',
    title: 'The invalidation log is heard within the bound',
    link: 'docs/concepts/staleness.md',
    look: ({ deps: { cache, redis } }) => {
      if (!redis) return ABSENT
      const { state, heardMsAgo, boundMs } = cache.health()
      const heard = Number.isFinite(heardMsAgo) ? `heard ${Math.round(heardMsAgo)} ms ago` : 'never heard'
      return state === 'ok'
        ? ok(`${heard}; the bound is ${boundMs} ms`)
        : critical(
            `${heard}; the bound is ${boundMs} ms: reads go to the source`,
            'See whether Redis answers and takes writes',
          )
    },
  },
  {
    id: 'node-env',
    title: 'NODE_ENV is production where it should be',
    link: 'docs/reference/configuration.md',
    look: ({ deps: { env, environment } }) => {
      const nodeEnv = env['NODE_ENV'] ?? ''
      const isProduction = /^prod/i.test(environment)
      if (isProduction && nodeEnv !== 'production')
        return warning(
          `NODE_ENV is ${nodeEnv || 'not set'} in ${environment}: frameworks run in their slow mode`,
          'NODE_ENV=production',
        )
      return ok(nodeEnv === '' ? 'not set' : nodeEnv)
    },
  },
  {
    id: 'namespace-owner',
    title: 'The namespace is this environment’s alone',
    link: 'docs/operations/admin.md',
    look: ({ owner, deps: { environment, cache, redis } }) => {
      if (!redis) return ABSENT
      if (owner === undefined) return unknown('Redis was not asked whose it is')
      if (owner === environment) return ok(`${cache.namespace} belongs to ${owner}`)
      return critical(
        `${cache.namespace} belongs to ${owner}, and this is ${environment}: each serves and invalidates what the other stores`,
        `Give each environment a namespace of its own. Was it renamed? DEL hf:{${cache.namespace}}:environment`,
      )
    },
  },
  {
    id: 'sessions',
    title: 'Nothing puts sessions at risk',
    link: 'docs/guide/sessions.md',
    look: ({ deps: { sessions } }) => {
      if (!sessions) return ABSENT
      const { problems, warnings } = sessions.diagnose()
      if (problems.length > 0) return critical([...problems, ...warnings].join('; '), 'See the guide to sessions')
      return warnings.length > 0 ? info(warnings.join('; '), 'See the guide to sessions') : ok('')
    },
  },
]
