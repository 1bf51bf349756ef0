/** Checks of what Redis does with its memory, and of what lies in it. */
import { ABSENT, critical, info, megabytes, numberIn, ok, unknown, warning, type Check } from './finding.ts'

const LINK = 'docs/operations/redis.md'
/** Below it, fragmentation is the allocator's own size and says nothing. */
const SIZEABLE_BYTES = 64 * 1024 * 1024

export const memoryChecks: readonly Check[] = [
  {
    id: 'redis-maxmemory',
    title: 'Redis has a limit of memory',
    link: LINK,
    look(facts) {
      const max = numberIn(facts, 'maxmemory')
      if (max === undefined) return unknown('Redis does not show maxmemory')
      if (max === 0)
        return warning(
          'maxmemory is 0: the cache can fill the machine',
          'CONFIG SET maxmemory 512mb, and in redis.conf',
        )
      return ok(`maxmemory is ${megabytes(max)}, of which ${megabytes(numberIn(facts, 'used_memory') ?? 0)} are used`)
    },
  },
  {
    id: 'redis-eviction-policy',
    title: 'The eviction policy spares the log, the audit trail and sessions',
    link: LINK,
    look(facts) {
      const policy = facts.info?.get('maxmemory_policy')
      if (policy === undefined) return unknown('Redis does not show maxmemory-policy')
      const fix = 'CONFIG SET maxmemory-policy volatile-ttl, and in redis.conf'
      if (policy.startsWith('allkeys-'))
        return critical(`${policy} may evict the invalidation log (the cache is then empty) and the audit trail`, fix)
      if (facts.deps.sessions && policy !== 'volatile-ttl' && policy !== 'noeviction')
        return critical(`${policy}: a full Redis logs users out`, `${fix}; or give sessions a Redis of their own`)
      if (policy === 'noeviction' && numberIn(facts, 'maxmemory') !== 0)
        return info('noeviction: a full Redis refuses writes, invalidations too', fix)
      return ok(policy)
    },
  },
  {
    id: 'redis-evictions',
    title: 'Redis evicts nothing before its time',
    link: LINK,
    look(facts) {
      const evicted = numberIn(facts, 'evicted_keys')
      if (evicted === undefined) return unknown('Redis does not show evicted_keys')
      if (evicted > 0)
        return warning(
          `${evicted} keys were evicted since it started`,
          'Raise maxmemory, shorten TTLs, or compress values',
        )
      return ok('none since it started')
    },
  },
  {
    id: 'redis-fragmentation',
    title: 'Memory is neither fragmented nor swapped',
    link: LINK,
    look(facts) {
      const ratio = numberIn(facts, 'mem_fragmentation_ratio')
      if (ratio === undefined) return unknown('Redis does not show mem_fragmentation_ratio')
      if ((numberIn(facts, 'used_memory') ?? 0) < SIZEABLE_BYTES) return ok('too little is used for it to matter')
      if (ratio > 1.5)
        return warning(`the ratio is ${ratio}`, 'CONFIG SET activedefrag yes, or restart at a quiet hour')
      if (ratio < 1)
        return critical(`the ratio is ${ratio}: the machine swaps`, 'Give the machine memory, or lower maxmemory')
      return ok(`the ratio is ${ratio}`)
    },
  },
  {
    id: 'redis-persistence',
    title: 'Sessions outlive a restart of Redis',
    link: LINK,
    look(facts) {
      if (!facts.deps.sessions) return ABSENT
      const aof = facts.info?.get('aof_enabled')
      const save = facts.settings?.get('save')
      if (aof === undefined) return unknown('Redis does not show aof_enabled')
      if (aof === '1') return ok('appendonly is on')
      if (save === '')
        return warning('neither appendonly nor save: a restart logs everybody out', 'CONFIG SET appendonly yes')
      return info('snapshots only: a crash logs out whoever logged in since the last one', 'CONFIG SET appendonly yes')
    },
  },
  {
    id: 'entries-without-ttl',
    title: 'Every entry has a life',
    link: LINK,
    look: ({ sample }) => {
      if (!sample) return unknown('No entries could be looked at')
      if (sample.withoutTtl > 0)
        return warning(
          `${sample.withoutTtl} of ${sample.entries} entries have no TTL: something else writes them`,
          'Find out who writes under this namespace',
        )
      return ok(`all of the ${sample.entries} that were looked at`)
    },
  },
  {
    id: 'big-entries',
    title: 'No entry is large',
    link: LINK,
    look: ({ sample }) => {
      if (!sample) return unknown('No entries could be looked at')
      if (sample.big.length === 0) return ok(`none above 1 MiB among ${sample.entries}`)
      return warning(`above 1 MiB: ${sample.big.slice(0, 3).join(', ')}`, 'Cache parts of it, or lower maxEntryBytes')
    },
  },
  {
    id: 'unreadable-entries',
    title: 'Every entry can be read by this version',
    link: 'docs/concepts/entries.md',
    look: ({ sample }) => {
      if (!sample) return unknown('No entries could be looked at')
      if (sample.unreadable === 0) return ok(`all of the ${sample.entries} that were looked at`)
      return warning(
        `${sample.unreadable} of ${sample.entries} are damaged, or of another version`,
        'In a rolling upgrade they leave by themselves; else find out who writes under this namespace',
      )
    },
  },
  {
    id: 'keyspace-notifications',
    title: 'Redis sends no notices that nobody needs',
    link: LINK,
    look: ({ settings }) => {
      const events = settings?.get('notify-keyspace-events')
      if (events === undefined) return unknown('The user may not ask: +config|get')
      if (events === '') return ok('off')
      return info(`notify-keyspace-events is ${events}: each costs Redis work, and this library needs none`)
    },
  },
]
