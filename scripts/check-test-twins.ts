import { readSourceFiles } from './source-files.ts'
import { checkTwins, type Allowance } from './twins/check.ts'

/** Files that a unit test could only imitate: what they are for happens between processes. */
const allowances: readonly Allowance[] = [
  {
    file: 'src/testing/private-redis.ts',
    coveredBy: 'test/integration/testing/private-redis.test.ts',
    reason: 'a server and its process: a unit test could only imitate them',
  },
  ...['connection', 'create-redis'].map((name) => ({
    file: `src/redis/${name}.ts`,
    coveredBy: 'test/integration/redis/standalone.test.ts',
    reason: 'what it promises is what a server and its sockets do; topologies, faults and failovers in test/chaos too',
  })),
  {
    file: 'src/log/scripts.ts',
    coveredBy: 'test/integration/log/log.test.ts',
    reason: 'what it promises is what Redis does with its scripts',
  },
  ...['log/sweep-scripts', 'redis/scan-keys'].map((path) => ({
    file: `src/${path}.ts`,
    coveredBy: 'test/integration/log/sweeper.test.ts',
    reason: 'what it promises is what Redis, and every primary of a cluster, holds afterwards',
  })),
  {
    file: 'src/redis/fence-facts.ts',
    coveredBy: 'test/integration/redis/fence.test.ts',
    reason: 'it asks servers and sentinels, which must be there to answer',
  },
  {
    file: 'src/redis/replicated.ts',
    coveredBy: 'test/integration/log/replicated.test.ts',
    reason: 'what WAIT says is what replicas do, one that stands still among them',
  },
  ...['session', 'sessions', 'session-store', 'commit', 'deps', 'scripts', 'session-keys', 'events'].map((name) => ({
    file: `src/session/${name}.ts`,
    coveredBy: 'test/integration/session/session.test.ts',
    reason: 'what sessions promise is what Redis does with their scripts; races, lives and hostile beside it',
  })),
  ...['user-sessions', 'census'].map((name) => ({
    file: `src/session/${name}.ts`,
    coveredBy: 'test/integration/session/lives.test.ts',
    reason: 'lists, caps and counts are what is in Redis; parallel logins in races.test.ts',
  })),
  {
    file: 'src/session/doctor.ts',
    coveredBy: 'test/unit/session/options.test.ts',
    reason: 'it looks at options and at nothing else',
  },
  ...['fastify', 'express', 'http', 'request-origin'].map((name) => ({
    file: `src/adapter/${name}.ts`,
    coveredBy: `test/contract/session/${['fastify', 'express'].includes(name) ? name : 'http'}.test.ts`,
    reason: 'an adapter is what its framework makes of it: one contract for all of them',
  })),
  ...['adapter/express-store', 'adapter/express-view', 'session/records'].map((name) => ({
    file: `src/${name}.ts`,
    coveredBy: 'test/integration/session/passport.test.ts',
    reason: 'made for other libraries, and tested by using them',
  })),
  ...['pinned-ids', 'data-api-command'].map((name) => ({
    file: `src/source/astra/${name}.ts`,
    coveredBy: 'test/unit/source/astra/command-policy.test.ts',
    reason: 'what a policy is made of: every command is in its table',
  })),
  {
    file: 'src/source/astra/page-token.ts',
    coveredBy: 'test/unit/source/astra/capture.test.ts',
    reason: 'what links the pages of a capture',
  },
  ...['caching-fetcher', 'run-read', 'native-fetcher'].map((name) => ({
    file: `src/source/astra/${name}.ts`,
    coveredBy: 'test/integration/source/astra/reads.test.ts',
    reason: "what it promises is what the vendor's client makes of it",
  })),
  ...['cached-collection', 'call-policy'].map((name) => ({
    file: `src/source/astra/${name}.ts`,
    coveredBy: 'test/integration/source/astra/cached-collection.test.ts',
    reason: "what it promises is what the vendor's collections and cursors do behind it",
  })),
  {
    file: 'src/cache/load.ts',
    coveredBy: 'test/unit/cache/cache.test.ts',
    reason: 'a verb of the cache, tested as callers use it; with Redis in test/integration/cache',
  },
  ...[
    'admin',
    'answer',
    'authenticate',
    'handle',
    'contract/access',
    'contract/fields',
    'contract/problem',
    'contract/table',
  ].map((name) => ({
    file: `src/admin/${name}.ts`,
    coveredBy: 'test/integration/admin/matrix.test.ts',
    reason: 'what lets a request in or keeps it out: each route with each role, generated from the table',
  })),
  ...['handlers/invalidate', 'keys/facts', 'keys/reach'].map((name) => ({
    file: `src/admin/${name}.ts`,
    coveredBy: 'test/integration/admin/invalidate.test.ts',
    reason: 'what it reaches is what lies in Redis',
  })),
  ...['handlers/keys', 'handlers/sessions', 'keys/page', 'cache/operations'].map((name) => ({
    file: name.startsWith('cache/') ? `src/${name}.ts` : `src/admin/${name}.ts`,
    coveredBy: 'test/integration/admin/keys.test.ts',
    reason: 'pages of what lies in Redis, judged by a cache that wrote it',
  })),
  ...[
    'connection-log',
    'handlers/control',
    'handlers/look',
    'handlers/servers',
    'overview',
    'sessions-count',
    'ttl-control',
    'warm-runner',
  ].map((name) => ({
    file: `src/admin/${name}.ts`,
    coveredBy: 'test/integration/admin/control.test.ts',
    reason: 'what an operator turns, and sees of a fleet of two processes, with Redis and without',
  })),
  ...[
    'doctor/examine',
    'doctor/facts',
    'doctor/finding',
    'doctor/memory-checks',
    'doctor/own-checks',
    'doctor/way-checks',
    'handlers/watch',
  ].map((name) => ({
    file: `src/admin/${name}.ts`,
    coveredBy: 'test/integration/admin/doctor.test.ts',
    reason: 'it examines servers, which must be there with the settings that it is to find',
  })),
  {
    file: 'src/redis/server-view.ts',
    coveredBy: 'test/integration/admin/doctor.test.ts',
    reason: 'it asks a server what it is, and what may not be asked',
  },
  {
    file: 'src/admin/audit/stream.ts',
    coveredBy: 'test/integration/admin/audit.test.ts',
    reason: 'a stream of Redis, and its cap',
  },
  ...['adapter/node-admin', 'admin/assets'].map((name) => ({
    file: `src/${name}.ts`,
    coveredBy: 'test/contract/admin/http.test.ts',
    reason: 'what arrives at a client: one contract for four frameworks',
  })),
  {
    file: 'src/insight/alert-rules.ts',
    coveredBy: 'test/package/alerts.test.ts',
    reason: 'a table, which Prometheus judges by tests of its own',
  },
  {
    file: 'src/insight/claims.ts',
    coveredBy: 'test/integration/insight/claims.test.ts',
    reason: 'who tells of an alert is decided by a script in Redis',
  },
  {
    file: 'src/insight/post.ts',
    coveredBy: 'test/unit/insight/http-sinks.test.ts',
    reason: 'how the sinks post',
  },
  {
    file: 'src/metrics/catalogue.ts',
    coveredBy: 'test/package/metrics-docs.test.ts',
    reason: 'a table, compared with its reference',
  },
  ...['family-counts', 'sample'].map((name) => ({
    file: `src/metrics/${name}.ts`,
    coveredBy: 'test/unit/metrics/cache-counts.test.ts',
    reason: 'what the counts are made of',
  })),
  ...[
    'command',
    'exit-code',
    'local-admin',
    'main',
    'commands/audit',
    'commands/doctor',
    'commands/inspect',
    'commands/invalidate',
    'commands/keys',
    'commands/stats',
    'commands/switch',
    'commands/top',
  ].map((name) => ({
    file: `src/cli/${name}.ts`,
    coveredBy: 'test/integration/cli/cli.test.ts',
    reason: 'what a person types and reads, over a Redis',
  })),
  ...['commands/alerts', 'commands/sessions', 'serve-ui'].map((name) => ({
    file: `src/cli/${name}.ts`,
    coveredBy: 'test/integration/cli/service.test.ts',
    reason: 'what a person types and reads, with a running service at the other end',
  })),
  {
    file: 'src/cli/admin-client.ts',
    coveredBy: 'test/unit/cli/program.test.ts',
    reason: 'what a command line ends with, by what the other end answers',
  },
  {
    file: 'src/service.ts',
    coveredBy: 'test/integration/service.test.ts',
    reason: 'it wires parts that must all be there',
  },
  {
    file: 'src/base/events.ts',
    coveredBy: 'test/unit/cache/near-hits.test.ts',
    reason: 'types, and the one number that says how many hits a timed one stands for',
  },
]

const root = `${import.meta.dirname}/..`
const tests = new Set(readSourceFiles(root, ['test']).keys())
const { files, problems } = checkTwins(readSourceFiles(root, ['src']), tests, allowances)

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`)
  process.exitCode = 1
} else {
  process.stdout.write(`tests: ${files} files that need a test have one, ${allowances.length} of them elsewhere\n`)
}
