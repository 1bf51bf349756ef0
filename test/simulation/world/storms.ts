/**
 * Plans bent towards one kind of trouble, so that two things which rarely meet do so all the time. A mixed run draws its
 * faults evenly and needs thousands of seeds for some of those meetings. What holds in a mixed run holds in a storm.
 */
import type { Plan } from './plan.ts'

export const STORMS = {
  /** Gaps in the log one after another, so that heads are read while others fold, prune and append. */
  resync: (plan: Plan): Plan => ({
    ...plan,
    faults: ['trim', 'crash', 'connection-lost', 'slow-network'],
    faultEveryMs: 15,
    delayUs: 30_000,
    pauseMs: 5,
    loadMs: 30,
    ttlMs: 60_000,
    recordsPerBeat: 1,
    markLimits: { maxMarks: 4, maxGlobs: 2 },
  }),
  /** Servers whose clocks are set back and forth under the leases of loads whose processes die. */
  clocks: (plan: Plan): Plan => ({
    ...plan,
    faults: ['server-clock-jump', 'crash'],
    faultEveryMs: 40,
    delayUs: 2000,
    loadMs: 1.6 * plan.boundMs,
    ttlMs: 40,
    failing: 0,
  }),
  /** One failover after another, each losing what was written last, with processes that stall and connections gone deaf. */
  failovers: (plan: Plan): Plan => ({
    ...plan,
    faults: ['failover', 'stall', 'connection-deaf'],
    faultEveryMs: 60,
    hasReplica: true,
    lagUs: 120_000,
    pauseMs: 5,
    ttlMs: 60_000,
  }),
  /** Redis that restarts with nothing or an old snapshot, and evicts whatever it likes, under machines that sleep. */
  losses: (plan: Plan): Plan => ({
    ...plan,
    faults: ['restart', 'eviction', 'suspend', 'wall-jump'],
    faultEveryMs: 50,
    pauseMs: 5,
    ttlMs: 60_000,
    markLimits: { maxMarks: 4, maxGlobs: 2 },
  }),
} as const satisfies Readonly<Record<string, (plan: Plan) => Plan>>

export type Storm = keyof typeof STORMS

export function isStorm(name: string): name is Storm {
  return Object.hasOwn(STORMS, name)
}
