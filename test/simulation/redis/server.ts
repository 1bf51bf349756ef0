/**
 * One model server: a keyspace, a clock, a replication id, and whether it takes writes. A script runs alone and at once; a
 * write that the server refuses ends it with what it wrote before, as in Redis.
 */
import { StoreError } from '../../../src/base/errors.ts'
import type { Argument, HashPage, KeyPage, Reply, Script, StreamEntry } from '../../../src/redis/redis.ts'
import type { Dice } from '../time/dice.ts'
import { EPOCH_US } from '../time/machine.ts'
import type { Scheduler } from '../time/scheduler.ts'
import { Keyspace, type Effect } from './keyspace.ts'
import { scripts } from './scripts.ts'

/** Whether a server takes writes: a replica never does, a fenced primary has lost its replicas. */
export type Role = 'primary' | 'fenced' | 'replica'

export interface ServerDeps {
  readonly name: string
  readonly scheduler: Scheduler
  readonly dice: Dice
  /** How far its clock is off, in µs. */
  readonly skewUs: number
}

/** Whoever waits for a stream to grow, or hears a channel. */
type Listener<Message> = (message: Message) => void

export class Server {
  readonly name: string
  role: Role = 'primary'
  isUp = true
  keyspace = new Keyspace()
  replicationId: string
  readonly #scheduler: Scheduler
  readonly #dice: Dice
  #skewUs: number
  readonly #writing = new Set<Listener<Effect>>()
  readonly #written = new Set<Listener<Effect>>()
  readonly #published = new Set<Listener<{ readonly channel: string; readonly message: string }>>()

  constructor({ name, scheduler, dice, skewUs }: ServerDeps) {
    this.name = name
    this.#scheduler = scheduler
    this.#dice = dice
    this.#skewUs = skewUs
    this.replicationId = dice.id()
  }

  get nowUs(): number {
    return EPOCH_US + this.#scheduler.nowUs + this.#skewUs
  }

  get nowMs(): number {
    return Math.floor(this.nowUs / 1000)
  }

  jumpClock(byUs: number): void {
    this.#skewUs += byUs
  }

  renewReplicationId(): void {
    this.replicationId = this.#dice.id()
  }

  // --- commands ---

  run(script: Script, keys: readonly string[], args: readonly Argument[]): Reply {
    const body = scripts[script.name]
    if (!body) throw new Error(`The model Redis has no script ${script.name}`)
    return body(this, keys, args)
  }

  get(key: string): Buffer | null {
    return this.keyspace.string(key, this.nowMs)?.bytes ?? null
  }

  /**
   * One page of a hash, of a random size below what was asked for. As in Redis a field may come twice, and one that is there
   * all along comes, whatever else goes meanwhile: so the cursor is a field, not a number of fields.
   */
  scanHash(key: string, cursor: string, count: number): HashPage {
    const fields = [...(this.keyspace.hash(key) ?? [])].sort(([left], [right]) => (left < right ? -1 : 1))
    const from = cursor === '0' ? 0 : fields.filter(([field]) => field <= cursor).length
    const size = 1 + this.#dice.below(Math.min(count, 8))
    const until = from + size
    const again = from > 0 && this.#dice.chance(0.2) ? 1 : 0
    const last = fields[until - 1]?.[0]
    return { cursor: until >= fields.length || !last ? '0' : last, fields: fields.slice(from - again, until) }
  }

  /** One page of the keys of entries: a pattern here is a beginning, a star and an end. */
  scanKeys(pattern: string, count: number, place = '0'): KeyPage {
    const [start = '', end = ''] = pattern.split('*')
    const keys = this.keyspace.keys().sort()
    const from = place === '0' ? 0 : keys.filter((key) => key <= place).length
    const until = from + Math.min(count, 3)
    const found = keys.slice(from, until).filter((key) => key.startsWith(start) && key.endsWith(end))
    return { keys: found, next: until < keys.length ? keys[until - 1] : undefined }
  }

  streamAfter(key: string, id: string): readonly StreamEntry[] {
    return this.keyspace.stream(key, id)
  }

  // --- what scripts do ---

  text(key: string): string | null {
    return this.get(key)?.toString('utf8') ?? null
  }

  /** @throws StoreError when this server takes no writes */
  write(effect: Effect): void {
    if (this.role === 'replica')
      throw new StoreError('readonly', 'READONLY You cannot write against a read only replica.')
    if (this.role === 'fenced') throw new StoreError('readonly', 'NOREPLICAS Not enough good replicas to write.')
    for (const listener of this.#writing) listener(effect)
    this.apply(effect)
  }

  publish(channel: string, message: string): void {
    for (const listener of this.#published) listener({ channel, message })
  }

  /** A change that no client asked for: an eviction, or what a primary replicates. */
  apply(effect: Effect): void {
    this.keyspace.apply(effect)
    for (const listener of this.#written) listener(effect)
  }

  /** Called before a client's write changes anything. */
  onWriting(listener: Listener<Effect>): void {
    this.#writing.add(listener)
  }

  onWritten(listener: Listener<Effect>): () => void {
    this.#written.add(listener)
    return () => void this.#written.delete(listener)
  }

  onPublished(listener: Listener<{ readonly channel: string; readonly message: string }>): () => void {
    this.#published.add(listener)
    return () => void this.#published.delete(listener)
  }
}
