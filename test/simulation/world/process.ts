/**
 * One process of the fleet: the real engine on a simulated machine, with callers who read, set and invalidate. All that they
 * see goes into the oracle's history.
 */
import { createCacheWith, type Cache } from '../../../src/cache/cache.ts'
import { isHoldfastError } from '../../../src/base/errors.ts'
import type { LoadManyContext } from '../../../src/cache/load-many.ts'
import type { GetOrSetOptions } from '../../../src/cache/read-options.ts'
import type { Loader } from '../../../src/cache/run-loader.ts'
import type { At, Invalidation, Load, Read } from '../oracle/history.ts'
import { ms, type Oracle } from '../oracle/oracle.ts'
import type { Named } from '../oracle/targets.ts'
import { createModelRedis, type ModelRedis } from '../redis/model-redis.ts'
import type { Deployment } from '../redis/deployment.ts'
import type { Dice } from '../time/dice.ts'
import { Machine } from '../time/machine.ts'
import { WORLD, type Scheduler } from '../time/scheduler.ts'
import type { Plan } from './plan.ts'

export interface ProcessDeps {
  readonly name: string
  readonly plan: Plan
  readonly scheduler: Scheduler
  readonly dice: Dice
  readonly deployment: Deployment
  readonly oracle: Oracle
  readonly now: () => At
  readonly trace: (line: () => string) => void
}

/** How a value is read. */
export type Mode = 'get' | 'get-many' | 'get-or-set' | 'get-or-set-many'

export interface Asking {
  readonly mode: Mode
  readonly isStrict: boolean
  readonly options: Pick<
    GetOrSetOptions,
    'ttl' | 'grace' | 'staleIfError' | 'softTimeout' | 'serveUnverified' | 'errorTtl' | 'timeout'
  >
}

/** The source failed: the one error, besides those of the engine for it, that a read may end with. */
class SourceError extends Error {}

/** How long after its lease a load begins, at most, in a calm run. */
const LEASED_US = 5000

const ALLOWED_CODES = new Set(['ERR_HOLDFAST_LOAD_FAILED', 'ERR_HOLDFAST_LOADER_TIMEOUT', 'ERR_HOLDFAST_OVERLOADED'])

export class Process {
  readonly name: string
  readonly machine: Machine
  readonly cache: Cache
  readonly redis: ModelRedis
  /** Reads that have begun and not ended. */
  readonly open = new Set<Read>()
  readonly #deps: ProcessDeps
  readonly #byId = new Map<string, Invalidation>()
  /** Acknowledgements come as events, by the names that calls and results have. */
  readonly #acknowledged = new Map<string, At>()

  constructor(deps: ProcessDeps) {
    const { name, plan, scheduler, dice, deployment, trace } = deps
    this.name = name
    this.#deps = deps
    const network = dice.fork()
    const chance = dice.fork()
    this.machine = new Machine(name, scheduler, dice.between(-plan.skewUs, plan.skewUs))
    // The network heals with everything else.
    const longestDelayUs = (): number => (scheduler.nowUs > plan.busyMs * 1000 ? 1000 : plan.delayUs)
    const { readTimeoutMs } = plan
    const { machine } = this
    this.redis = createModelRedis({
      name,
      machine,
      scheduler,
      dice: network,
      deployment,
      readTimeoutMs,
      longestDelayUs,
      trace,
    })
    const random = { id: () => chance.id(), fraction: () => chance.fraction() }
    const options = { redis: this.redis, namespace: 'sim', bound: plan.boundMs, lease: plan.leaseMs } as const
    this.cache = createCacheWith(
      {
        ...options,
        clock: this.machine.clock,
        random,
        staleIfError: 500,
        maxEntries: 5,
        sweep: { after: 80, every: 150, pause: 5, keysPerPage: 3 },
      },
      {
        defer: this.machine.defer,
        foldEveryMs: 40,
        recordsPerBeat: plan.recordsPerBeat,
        ...(plan.markLimits && { markLimits: plan.markLimits }),
      },
    )
    this.cache.on((event) => {
      if (event.type === 'invalidation' && event.acknowledged) this.#acknowledge(event.id)
      if (event.type === 'load-joined' && event.scope === 'fleet') {
        const at = deps.now()
        scheduler.after(LEASED_US, WORLD, () => deps.oracle.waited(name, event.key, at))
      }
      if (event.type === 'log-state') trace(() => `${name}: the log is ${event.state} (${event.why})`)
    })
  }

  // --- reading ---

  /** Reads keys at once, each a read of its own for the oracle. */
  async read(keys: readonly string[], asking: Asking): Promise<void> {
    const { now, trace } = this.#deps
    const { mode, isStrict, options } = asking
    const began = now()
    const beganWallMs = this.machine.clock.wallMs()
    const isTolerant = options.staleIfError !== undefined && options.staleIfError !== 0
    const asked = {
      expired: mode === 'get' || mode === 'get-many' || options.grace !== undefined || isTolerant,
      invalidated: isTolerant,
      unverified: options.serveUnverified === true,
    }
    const reads = new Map(keys.map((key): [string, Read] => [key, { key, process: this.name, began, isStrict, asked }]))
    for (const read of reads.values()) this.open.add(read)
    trace(() => `${this.name} reads ${keys.join(' ')} (${mode}${isStrict ? ', strict' : ''})`)
    try {
      const values = await this.#ask(keys, asking, reads)
      if (!this.machine.isAlive) return
      const at = now()
      const elapsedMs = (at.us - began.us) / 1000
      const wasSet = Math.abs(this.machine.clock.wallMs() - beganWallMs - elapsedMs) > 1
      for (const [key, value] of values) {
        const read = reads.get(key)
        if (!read || value === undefined) continue
        trace(
          () =>
            `${this.name} got ${key} = load ${(value as { load: number }).load}${read.staleness ? ` (${read.staleness.why})` : ''}, asked at ${ms(began)}`,
        )
        this.#deps.oracle.answered(read, value, at, wasSet ? undefined : beganWallMs)
      }
    } catch (error) {
      if (!isAllowed(error))
        this.#deps.oracle.report('unexpected-error', now(), `${this.name} read ${keys.join(' ')}: ${String(error)}`)
    } finally {
      for (const read of reads.values()) this.open.delete(read)
    }
  }

  async #ask(
    keys: readonly string[],
    { mode, isStrict, options }: Asking,
    reads: ReadonlyMap<string, Read>,
  ): Promise<Iterable<readonly [string, unknown]>> {
    const { cache } = this
    const how = {
      consistency: isStrict ? 'strict' : 'bounded',
      onStale: (staleness: NonNullable<Read['staleness']>): void => {
        const read = reads.get(staleness.key)
        if (read) read.staleness = staleness
      },
    } as const
    const [first = ''] = keys
    switch (mode) {
      case 'get':
        return [[first, await cache.get(first, { ...how, stale: true })]]
      case 'get-many':
        return cache.getMany(keys, { ...how, stale: true })
      case 'get-or-set':
        return [[first, await cache.getOrSet(first, this.#loader(first), { ...how, ...options, tags: tagsOf(first) })]]
      case 'get-or-set-many':
        return cache.getOrSetMany(keys, (missing, context) => this.#loadMany(missing, context), { ...how, ...options })
    }
  }

  #loader(key: string): Loader<unknown> {
    return async ({ tag, signal }) => {
      const load = await this.#load(key, signal, tag)
      this.#loadEnded(load)
      return { load: load.id }
    }
  }

  async #loadMany(keys: readonly string[], { tag, signal }: LoadManyContext): Promise<ReadonlyMap<string, unknown>> {
    const loads = await Promise.all(
      keys.map((key) => {
        tag(key, ...tagsOf(key))
        return this.#load(key, signal, (...tags) => tag(key, ...tags))
      }),
    )
    // They come together, when the last of them has; until then the leases of all are held.
    for (const load of loads) this.#loadEnded(load)
    return new Map(loads.map((load) => [load.key, { load: load.id }]))
  }

  async #load(key: string, signal: AbortSignal, tag: (...tags: string[]) => void): Promise<Load> {
    const { dice, plan, oracle, now, trace } = this.#deps
    // Known only from the value, at the end of the load.
    const late = dice.chance(0.3) ? ['late'] : []
    const load = oracle.loadBegan({
      key,
      process: this.name,
      began: now(),
      tags: [...tagsOf(key), ...late],
      isSet: false,
    })
    // Past its timeout the engine lets others load, whatever becomes of this one.
    signal.addEventListener('abort', () => (load.ended ??= now()))
    trace(() => `${this.name} loads ${key}: load ${load.id}`)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.machine.clock.after(dice.fraction() * plan.loadMs, resolve)
    await promise
    if (dice.chance(plan.failing)) {
      this.#loadEnded(load)
      throw new SourceError('the source failed')
    }
    tag(...late)
    return load
  }

  #loadEnded(load: Load): void {
    load.ended = this.#deps.now()
    load.freshUntilMs = this.machine.clock.wallMs() + this.#deps.plan.ttlMs
  }

  // --- writing ---

  async invalidate(named: Named): Promise<void> {
    this.#deps.trace(() => `${this.name} invalidates ${JSON.stringify(named)}`)
    const called = this.#called(named, true)
    this.#named(called, (await this.cache.invalidate(named)).id)
  }

  async mutate(named: Named, changeMs: number): Promise<void> {
    this.#deps.trace(() => `${this.name} changes ${JSON.stringify(named)}`)
    const first = this.#called(named, true)
    const calls = [first]
    // Its result has no ids, so its two invalidations are known by their reason and their order.
    const reason = `mutation ${this.#deps.dice.id()}`
    const ids = new Set<string>()
    const off = this.cache.on((event) => {
      if (event.type !== 'invalidation' || event.reason !== reason || ids.has(event.id)) return
      const call = calls[ids.size]
      ids.add(event.id)
      if (call) this.#named(call, event.id)
    })
    const change = async (): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.machine.clock.after(changeMs, resolve)
      await promise
      calls.push(this.#called(named, true))
    }
    await this.cache.mutate({ ...named, reason }, change)
    off()
  }

  async set(key: string): Promise<void> {
    const { oracle, now, plan, trace } = this.#deps
    // An invalidation of what was there, not of itself, so the value comes after it.
    const called = this.#called({ keys: [key] }, false)
    const load = oracle.loadBegan({ key, process: this.name, began: now(), tags: tagsOf(key), isSet: true })
    this.#loadEnded(load)
    trace(() => `${this.name} sets ${key}: load ${load.id}`)
    const { id } = await this.cache.set(
      key,
      { load: load.id },
      { ttl: plan.ttlMs, grace: plan.graceMs, tags: tagsOf(key) },
    )
    this.#named(called, id)
  }

  #called(named: Named, bindsCaller: boolean): Invalidation {
    const { oracle, now } = this.#deps
    return oracle.invalidationCalled({ process: this.name, named, called: now(), bindsCaller })
  }

  #named(invalidation: Invalidation, id: string): void {
    this.#byId.set(id, invalidation)
    const acknowledged = this.#acknowledged.get(id)
    if (acknowledged) invalidation.acknowledged = acknowledged
  }

  #acknowledge(id: string): void {
    const at = this.#deps.now()
    this.#deps.trace(() => `${this.name}: an invalidation is acknowledged`)
    this.#acknowledged.set(id, at)
    const invalidation = this.#byId.get(id)
    if (invalidation) invalidation.acknowledged ??= at
  }

  /** Invalidations of this process that nobody has acknowledged, of those whose calls have returned. */
  get queued(): number {
    return [...this.#byId.values()].filter(({ acknowledged }) => !acknowledged).length
  }
}

/** The tags that the readers of a key give. */
function tagsOf(key: string): string[] {
  return key.startsWith('a') ? ['letters', 'first'] : ['letters']
}

function isAllowed(error: unknown): boolean {
  return error instanceof SourceError || (isHoldfastError(error) && ALLOWED_CODES.has(error.code))
}
