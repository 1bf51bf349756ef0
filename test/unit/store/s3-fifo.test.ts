import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Eviction, Held } from '../../../src/store/eviction.ts'
import { createS3Fifo } from '../../../src/store/s3-fifo.ts'

const held = (key: string): Held => ({ key, mark: 0, newer: undefined, older: undefined })

/** Names who leaves, one after another, as a store would make them. */
function leaving(policy: Eviction, count: number): string {
  let names = ''
  for (let left = 0; left < count; left += 1) {
    const victim = policy.victim()
    if (!victim) break
    policy.remove(victim)
    names += victim.key
  }
  return names
}

function policyOf(keys: string, capacity = 100): { policy: Eviction; of: (key: string) => Held } {
  const policy = createS3Fifo(capacity)
  const all = new Map(keys.split('').map((key) => [key, held(key)]))
  for (const each of all.values()) policy.insert(each)
  return { policy, of: (key) => all.get(key) ?? held(key) }
}

describe('S3-FIFO', () => {
  it('has nobody to evict when it is empty, before and after it was cleared', () => {
    const { policy } = policyOf('')
    expect(policy.victim()).toBeUndefined()
    policy.insert(held('a'))
    policy.clear()
    expect(policy.victim()).toBeUndefined()
  })

  it('lets those leave first that were asked for at most once, in the order in which they came', () => {
    const { policy, of } = policyOf('abcdef')
    for (const key of ['b', 'b', 'c', 'e', 'e']) policy.hit(of(key))
    expect(leaving(policy, 4)).toBe('acdf')
    expect(leaving(policy, 3), 'and then those of the main queue').toBe('be')
  })

  it('spares in the main queue for each time that was asked, up to three', () => {
    const { policy, of } = policyOf('abc')
    for (const key of 'aabbcc') policy.hit(of(key))
    // All three go to the main queue, and begin there with nothing to their credit.
    expect(leaving(policy, 1)).toBe('a')
    for (let hits = 0; hits < 10; hits += 1) policy.hit(of('b'))
    policy.insert(held('x'))
    policy.hit(of('c'))
    expect(leaving(policy, 3)).toBe('xcb')
  })

  it('takes who comes back while it is remembered into the main queue', () => {
    const { policy } = policyOf('abc')
    expect(leaving(policy, 1)).toBe('a')
    policy.insert(held('a'))
    expect(leaving(policy, 3)).toBe('bca')
  })

  it('remembers no more names than its capacity', () => {
    const { policy } = policyOf('abcd', 2)
    expect(leaving(policy, 3)).toBe('abc')
    policy.insert(held('a'))
    policy.insert(held('c'))
    expect(leaving(policy, 3), 'c was remembered, a was not').toBe('dac')
  })

  it('goes on when an entry leaves that it did not choose, from either queue', () => {
    const { policy, of } = policyOf('abcd')
    for (const key of 'aabb') policy.hit(of(key))
    expect(leaving(policy, 1)).toBe('c')
    policy.remove(of('a'))
    policy.remove(of('d'))
    expect(leaving(policy, 2)).toBe('b')
  })
})

type Step = { readonly do: 'read' | 'leave' | 'evict'; readonly key: string }

const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('read' as const), key: keys }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('evict' as const), key: keys }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), key: keys }) },
  ),
  { maxLength: 80, size: 'max' },
)

describe('S3-FIFO, under any sequence of calls,', () => {
  it('evicts exactly what the same rule does, told with plain lists', () => {
    fc.assert(
      fc.property(steps, (sequence: readonly Step[]) => {
        const policy = createS3Fifo(1000)
        const kept = new Map<string, Held>()
        const model = lists()
        const victims: (readonly [ours: string | undefined, model: string | undefined])[] = []
        for (const step of sequence) {
          const known = kept.get(step.key)
          if (step.do === 'evict') {
            const victim = policy.victim()
            victims.push([victim?.key, model.evict()])
            if (victim) policy.remove(victim)
            if (victim) kept.delete(victim.key)
          } else if (step.do === 'leave' && known) {
            policy.remove(known)
            kept.delete(step.key)
            model.leave(step.key)
          } else if (step.do === 'read') {
            const entry = known ?? held(step.key)
            if (known) policy.hit(entry)
            else policy.insert(entry)
            kept.set(step.key, entry)
            model.read(step.key)
          }
        }
        expect(victims.map(([ours]) => ours)).toEqual(victims.map(([, theirs]) => theirs))
      }),
      { numRuns: 500 },
    )
  })
})

interface Listed {
  readonly key: string
  visits: number
}

/** The rule on lists, oldest first. */
function lists() {
  const small: Listed[] = []
  const main: Listed[] = []
  const left = new Set<string>()
  const evictSmall = (): string | undefined => {
    for (let first = small.shift(); first; first = small.shift()) {
      if (first.visits <= 1) {
        left.add(first.key)
        return first.key
      }
      main.push({ key: first.key, visits: 0 })
    }
    return undefined
  }
  const evictMain = (): string | undefined => {
    for (let first = main.shift(); first; first = main.shift()) {
      if (first.visits === 0) return first.key
      main.push({ key: first.key, visits: first.visits - 1 })
    }
    return undefined
  }
  return {
    read(key: string) {
      const known = [...small, ...main].find((entry) => entry.key === key)
      if (known) known.visits = Math.min(3, known.visits + 1)
      else if (left.delete(key)) main.push({ key, visits: 0 })
      else small.push({ key, visits: 0 })
    },
    leave(key: string) {
      for (const list of [small, main]) {
        const at = list.findIndex((entry) => entry.key === key)
        if (at >= 0) list.splice(at, 1)
      }
    },
    // The small queue is full with a tenth of all.
    evict: () => (small.length * 9 >= main.length ? (evictSmall() ?? evictMain()) : (evictMain() ?? evictSmall())),
  }
}
