/**
 * A primary and, where a run has one, its replica. The replica applies the primary's effects in order and late, so at any
 * moment it holds a prefix. A failover loses what it does not hold yet. The old primary goes on until it is fenced, which
 * happens before the new one takes writes: assumption A2 of docs/concepts/staleness.md, and the one thing taken for granted.
 */
import type { Dice } from '../time/dice.ts'
import { WORLD, type Scheduler } from '../time/scheduler.ts'
import type { Effect, Keyspace } from './keyspace.ts'
import { Server } from './server.ts'

export interface DeploymentDeps {
  readonly scheduler: Scheduler
  readonly dice: Dice
  readonly hasReplica: boolean
  /** The longest that replication lags, in µs. */
  readonly lagUs: number
  /** The largest clock difference of a server, in µs. */
  readonly skewUs: number
  readonly trace: (line: () => string) => void
}

type Moved = (from: Server) => void

/** For how long an old primary takes writes after the new one does; above 0 only to show what the fence is for. */
const UNFENCED_US = 0

export class Deployment {
  primary: Server
  readonly #deps: DeploymentDeps
  readonly #moved = new Set<Moved>()
  #replica: Server | undefined
  #unlink = (): void => undefined
  #isChanging = false

  constructor(deps: DeploymentDeps) {
    this.#deps = deps
    this.primary = this.#newServer('redis-a')
    if (deps.hasReplica) {
      this.#replica = this.#newServer('redis-b')
      this.#replica.role = 'replica'
      this.#link()
    }
  }

  get servers(): readonly Server[] {
    return this.#replica ? [this.primary, this.#replica] : [this.primary]
  }

  /** Called with a server whose connections are lost, or should move on. */
  onMoved(listener: Moved): void {
    this.#moved.add(listener)
  }

  /** Promotes the replica; what it does not hold yet is lost. */
  failover(): void {
    const { scheduler, dice, trace } = this.#deps
    const from = this.primary
    const to = this.#replica
    if (!to || this.#isChanging || !from.isUp) return
    this.#isChanging = true
    this.#unlink()
    const isCrash = dice.chance(0.4)
    const fencedUs = isCrash ? 0 : dice.between(0, 60_000)
    const promotedUs = fencedUs + dice.between(500, 30_000)
    const demotedUs = promotedUs + dice.between(5000, 150_000)
    trace(() => `failover: ${from.name} ${isCrash ? 'crashes' : 'is cut off'}, ${to.name} follows`)
    if (isCrash) this.#stop(from)
    scheduler.after(Math.max(0, fencedUs + UNFENCED_US), WORLD, () => {
      if (from.role === 'primary') from.role = 'fenced'
      trace(() => `failover: ${from.name} is fenced`)
    })
    scheduler.after(promotedUs, WORLD, () => {
      to.role = 'primary'
      to.renewReplicationId()
      this.primary = to
      trace(() => `failover: ${to.name} is the primary`)
      this.#tellMoved(from)
    })
    scheduler.after(demotedUs + UNFENCED_US, WORLD, () => {
      from.isUp = true
      from.role = 'replica'
      this.#replica = from
      from.keyspace = to.keyspace.copy()
      this.#link()
      this.#isChanging = false
      trace(() => `failover: ${from.name} is a replica now`)
      this.#tellMoved(from)
    })
  }

  /** Stops the primary and starts it again with nothing, or with what a snapshot kept. */
  restart(): void {
    const { scheduler, dice, trace } = this.#deps
    const server = this.primary
    if (this.#isChanging || !server.isUp) return
    this.#isChanging = true
    const kept: Keyspace | undefined = dice.chance(0.6) ? server.keyspace.copy() : undefined
    // A snapshot is older than the last writes.
    const writesUs = kept ? dice.between(0, 50_000) : 0
    scheduler.after(writesUs, WORLD, () => {
      trace(() => `restart: ${server.name} stops; ${kept ? 'a snapshot is kept' : 'nothing is kept'}`)
      this.#unlink()
      this.#stop(server)
      scheduler.after(dice.between(1000, 60_000), WORLD, () => {
        server.keyspace.apply({ op: 'flush' })
        if (kept) server.keyspace = kept
        server.renewReplicationId()
        server.isUp = true
        if (this.#replica) {
          this.#replica.keyspace = server.keyspace.copy()
          this.#link()
        }
        this.#isChanging = false
        trace(() => `restart: ${server.name} is back`)
      })
    })
  }

  /** Evicts one key, as a full memory does: any of them, the log's own included. */
  evict(): void {
    const { dice, trace } = this.#deps
    const [first, ...rest] = this.primary.keyspace.keys()
    if (first === undefined || !this.primary.isUp) return
    const key = dice.pick([first, ...rest])
    trace(() => `eviction of ${key}`)
    this.primary.apply({ op: 'del', keys: [key] })
  }

  /** Loses the oldest records of a stream, as MAXLEN does on a busy log. */
  trim(): void {
    const { dice, trace } = this.#deps
    const keep = dice.below(4)
    for (const key of this.primary.keyspace.keys()) {
      if (!key.endsWith(':log')) continue
      trace(() => `trim of ${key} to ${keep}`)
      this.primary.apply({ op: 'xtrim', key, keep })
    }
  }

  #newServer(name: string): Server {
    const { scheduler, dice, skewUs } = this.#deps
    return new Server({ name, scheduler, dice: dice.fork(), skewUs: dice.between(-skewUs, skewUs) })
  }

  #stop(server: Server): void {
    server.isUp = false
    this.#tellMoved(server)
  }

  #tellMoved(server: Server): void {
    for (const listener of this.#moved) listener(server)
  }

  #link(): void {
    const { scheduler, dice, lagUs } = this.#deps
    const replica = this.#replica
    if (!replica) return
    let isLinked = true
    let arrivesUs = 0
    const unlisten = this.primary.onWritten((effect: Effect) => {
      arrivesUs = Math.max(arrivesUs, scheduler.nowUs + dice.between(50, lagUs))
      scheduler.at(arrivesUs, WORLD, () => {
        if (isLinked) replica.apply(effect)
      })
    })
    this.#unlink = () => {
      isLinked = false
      unlisten()
    }
  }
}
