/**
 * Seeded operations for a real Redis and a model server at once: each is one call of a script of src/, or one thing that
 * happens to the server. Positions differ between the two, since each has a clock of its own; so operations name them by the
 * order in which they appeared, and replies are compared with that order in their place.
 */
import { encodeEntry } from '../../src/codec/entry.ts'
import { printOf, TAGS_RANGE } from '../../src/codec/header.ts'
import { serialise } from '../../src/codec/serialise.ts'
import { entryKey, leaseKey, logKeys } from '../../src/keys/redis-key.ts'
import { APPEND, BEAT, FOLD, PRUNE, SCAN, SWITCH } from '../../src/log/scripts.ts'
import { READ_HEADER, SWEPT, TURN, UNLINK_JUDGED } from '../../src/log/sweep-scripts.ts'
import type { Argument, Reply, Script } from '../../src/redis/redis.ts'
import { createRedisStore } from '../../src/store/redis-store.ts'
import type { Dice } from './time/dice.ts'

/** What an operation does to a server besides scripts. */
export interface Happening {
  readonly name: 'delete' | 'foreign-incarnation' | 'replica' | 'primary' | 'fenced'
  readonly key: string
}

export interface Side {
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<Reply>
  get(key: string): Promise<Buffer | null>
  happen(happening: Happening): Promise<void>
}

export interface Operation {
  readonly what: string
  /** The side's answer, with its own positions in it. */
  readonly perform: (side: Side, positions: Positions) => Promise<unknown>
}

const TARGETS = ['k:a', 'k:b', 't:x', 't:y', 'p:a:', 'g:*b', 'g:a?c'] as const
const EPOCHS = ['AAAAAAAAAAA', 'BBBBBBBBBBB', 'CCCCCCCCCCC'] as const
const KEYS = ['a', 'b'] as const
const HAPPENINGS = ['delete', 'delete', 'foreign-incarnation', 'replica', 'primary', 'fenced', 'primary'] as const
const LEASE_MS = 600_000

/** The positions of one side, in the order in which its replies brought them. */
export class Positions {
  readonly #known: string[] = []

  /** The n-th position, or one before all. */
  at(index: number): string {
    return this.#known[index % Math.max(1, this.#known.length)] ?? '0'
  }

  /** A reply with the order of each position in its place. */
  named(reply: unknown): unknown {
    if (Array.isArray(reply)) return reply.map((part) => this.named(part))
    if (typeof reply !== 'string') return reply
    return reply.replace(/\b\d{16}\b/g, (position) => {
      if (!this.#known.includes(position)) this.#known.push(position)
      return `#${this.#known.indexOf(position)}`
    })
  }
}

export function operation(dice: Dice, namespace: string): Operation {
  const { head, log, probe, switch: switchKey } = logKeys(namespace)
  const keys = [head, log, probe, switchKey]
  const [epoch, fresh, index] = [dice.pick(EPOCHS), dice.pick(EPOCHS), dice.below(40)]
  const open = (positions: Positions): Argument[] => [epoch, isInformed(index) ? positions.at(index) : '0', fresh]
  const scripted = (script: Script, args: (positions: Positions) => Argument[]): Operation => ({
    what: `${script.name} ${epoch} ${fresh} ${index}`,
    perform: (side, positions) => side.run(script, keys, [...open(positions), ...args(positions)]),
  })
  const luck = dice.fraction()
  if (luck < 0.3) {
    const [kind, targets] = dice.chance(0.1) ? ['all', []] : ['mark', some(dice)]
    const checked = JSON.stringify(some(dice))
    const stampIndex = dice.below(40)
    const id = dice.id()
    return scripted(APPEND, (positions) => [
      kind,
      JSON.stringify(targets),
      id,
      'someone',
      'a reason',
      1000,
      positions.at(stampIndex),
      epoch,
      checked,
    ])
  }
  if (luck < 0.45) return scripted(BEAT, () => [isInformed(index) ? 2 : 256])
  if (luck < 0.53) return scripted(FOLD, (positions) => [positions.at(index), 1000])
  if (luck < 0.6) {
    const fields = some(dice)
    return { what: `log.prune ${fields.join(' ')}`, perform: (side) => side.run(PRUNE, [head], fields) }
  }
  if (luck < 0.66) return scan(keys, epoch)
  if (luck < 0.7) {
    const enabled = dice.below(2)
    const wanted = dice.pick(['', '7'])
    return scripted(SWITCH, () => [enabled, 'someone', 'a reason', 1000, wanted])
  }
  if (luck < 0.78) return swept(dice, namespace, epoch)
  if (luck < 0.95) return stored(dice, namespace)
  return happening(dice, namespace)
}

// Whether an operation knows where the log stands is decided by its index, so that both sides decide alike.
const isInformed = (index: number): boolean => index % 4 !== 0

function some(dice: Dice): string[] {
  return TARGETS.filter(() => dice.chance(0.35))
}

/** All pages of the head, in one order: how they are cut is the server's own affair. */
function scan(keys: readonly string[], epoch: string): Operation {
  return {
    what: `log.scan ${epoch}`,
    async perform(side) {
      const fields = new Map<string, string>()
      let cursor = '0'
      let found = ''
      do {
        const reply = await side.run(SCAN, keys, [epoch, '0', epoch, cursor, 1000])
        const [pageEpoch, next, flat] = reply as readonly [string, string, readonly string[]]
        found = pageEpoch
        cursor = next
        for (let at = 0; at < flat.length; at += 2) {
          // The replication id is the server's own.
          if (flat[at] !== '@inc') fields.set(flat[at] ?? '', flat[at + 1] ?? '')
        }
      } while (cursor !== '0')
      return [found, [...fields].sort(([left], [right]) => (left < right ? -1 : 1))]
    },
  }
}

/** The turns of sweepers, and what they read and unlink. */
function swept(dice: Dice, namespace: string, epoch: string): Operation {
  const { sweep, swept: sweptKey } = logKeys(namespace)
  const [token, upTo] = [dice.pick(['one', 'two']), dice.below(4)]
  const entry = entryKey(namespace, dice.pick(KEYS))
  switch (dice.below(3)) {
    case 0:
      return {
        what: `turn ${token} ${upTo}`,
        perform: (side) => side.run(TURN, [sweep, sweptKey], [token, LEASE_MS, epoch, upTo]),
      }
    case 1:
      return {
        what: `swept ${token} ${upTo}`,
        perform: (side) => side.run(SWEPT, [sweep, sweptKey], [token, LEASE_MS, epoch, upTo]),
      }
    default: {
      const isStale = dice.chance(0.5)
      return {
        what: `unlink ${entry}`,
        async perform(side) {
          const header = String(await side.run(READ_HEADER, [entry], []))
          const judged = isStale ? 'another header' : header.slice(0, TAGS_RANGE.headerBytes)
          return [header, await side.run(UNLINK_JUDGED, [entry], [judged])]
        },
      }
    }
  }
}

/** Entries and leases, as the store asks for them. */
function stored(dice: Dice, namespace: string): Operation {
  const key = dice.pick(KEYS)
  const stamp = { epoch: dice.pick(EPOCHS), position: dice.below(5) }
  const token = dice.pick(['one', 'two'])
  const lease = `${token} ${stamp.epoch} ${stamp.position}`
  const store = (side: Side) => createRedisStore(side, namespace)
  const what = (name: string): string => `${name} ${key} ${lease}`
  switch (dice.below(5)) {
    case 0:
      return { what: what('get'), perform: (side) => store(side).get(key) }
    case 1: {
      const seen = dice.pick(['', '*', printOf({ stamp, freshUntilMs: 1 }).slice(4)])
      const takeOver = dice.chance(0.3) ? `one ${dice.pick(EPOCHS)} 1` : ''
      return {
        what: what('acquire'),
        async perform(side) {
          const acquired = await store(side).acquire({ key, token, stamp, lifeMs: LEASE_MS, seen, takeOver })
          // Milliseconds left are the clock's affair; that there are some is not.
          return acquired.state === 'held' ? [acquired.lease.value, acquired.lease.leftMs > 0] : acquired
        },
      }
    }
    case 2:
      return { what: what('renew'), perform: (side) => store(side).renew(key, lease, LEASE_MS) }
    case 3: {
      const keepMs = dice.pick([0, LEASE_MS])
      const end = dice.chance(0.5)
        ? ({ key, outcome: 'filled' } as const)
        : ({ key, outcome: 'failed', message: 'é' } as const)
      return {
        what: what('give back'),
        async perform(side) {
          await store(side).giveBack(key, lease, end, keepMs)
          return (await side.get(leaseKey(namespace, key)))?.toString() ?? null
        },
      }
    }
    default: {
      const header = { stamp, tags: ['t'], freshUntilMs: 1, goneAtMs: 2, loadCostMs: 3 }
      const entry = encodeEntry(header, serialise(token))
      const held = dice.pick([undefined, lease])
      return { what: what(`fill ${held}`), perform: (side) => store(side).fill(key, entry, LEASE_MS, held) }
    }
  }
}

function happening(dice: Dice, namespace: string): Operation {
  const { head, log } = logKeys(namespace)
  const key = dice.pick([head, log, entryKey(namespace, 'a'), leaseKey(namespace, 'b')])
  const name = dice.pick(HAPPENINGS)
  return {
    what: `${name} ${key}`,
    perform: (side) => side.happen({ name, key: name === 'delete' ? key : head }),
  }
}
