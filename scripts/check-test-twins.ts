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
  ...['appender', 'follower', 'folding', 'log', 'scripts'].map((name) => ({
    file: `src/log/${name}.ts`,
    coveredBy: 'test/integration/log/log.test.ts',
    reason: 'what it promises is what Redis does with its scripts',
  })),
  ...['log/sweeper', 'log/sweep-scripts', 'redis/scan-keys'].map((path) => ({
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
  {
    file: 'src/cache/fleet.ts',
    coveredBy: 'test/integration/cache/fleet.test.ts',
    reason: 'a lease between processes: four of them, and one that dies',
  },
  ...['bulk-load', 'load-many'].map((name) => ({
    file: `src/cache/${name}.ts`,
    coveredBy: 'test/unit/cache/get-or-set-many.test.ts',
    reason: 'what a read of many keys is made of',
  })),
  {
    file: 'src/cache/read-options.ts',
    coveredBy: 'test/unit/cache/options.test.ts',
    reason: 'the options of a cache say the same for all its reads',
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
  ...['fastify', 'express', 'http', 'held-response', 'request-origin'].map((name) => ({
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
  ...['load', 'fill', 'run-loader', 'get-or-set', 'share-load', 'lookup', 'set'].map((name) => ({
    file: `src/cache/${name}.ts`,
    coveredBy: 'test/unit/cache/cache.test.ts',
    reason: 'a verb of the cache, tested as callers use it; with Redis in test/integration/cache',
  })),
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
