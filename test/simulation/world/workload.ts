/** What the callers of a process do, one thing after another, until it ends. */
import type { Named } from '../oracle/targets.ts'
import type { Dice } from '../time/dice.ts'
import type { Scheduler } from '../time/scheduler.ts'
import type { Plan } from './plan.ts'
import type { Asking, Mode, Process } from './process.ts'

export const KEYS = ['a:1', 'a:2', 'a:b:1', 'b:1', 'c'] as const

const PATTERNS = ['a:*', 'a:b:*', '*:1', '?:1', '*'] as const

export function startWorkload(process: Process, plan: Plan, dice: Dice, scheduler: Scheduler): void {
  const step = (): void => {
    if (scheduler.nowUs > plan.busyMs * 1000) return
    // Bursts, as in a server: reads of one turn share batches, heartbeats and flights.
    const burst = dice.chance(0.2) ? dice.between(2, 5) : 1
    for (let index = 0; index < burst; index += 1) act(process, plan, dice)
    scheduler.after(dice.fraction() * 2000 * plan.pauseMs, process.machine, step)
  }
  scheduler.after(dice.fraction() * 5000, process.machine, step)
}

function act(process: Process, plan: Plan, dice: Dice): void {
  const luck = dice.fraction()
  if (luck < 0.82) void process.read(keysFor(dice), askingOf(plan, dice))
  else if (luck < 0.92) void process.invalidate(namedBy(dice))
  else if (luck < 0.96) void process.set(keyBy(dice))
  else void process.mutate(namedBy(dice), dice.fraction() * 30)
}

// A hot key, as every cache has.
function keyBy(dice: Dice): string {
  return dice.chance(0.4) ? KEYS[0] : dice.pick(KEYS)
}

function keysFor(dice: Dice): string[] {
  return [...new Set([keyBy(dice), ...(dice.chance(0.3) ? [keyBy(dice), keyBy(dice)] : [])])]
}

function askingOf(plan: Plan, dice: Dice): Asking {
  const mode: Mode = dice.pick(['get-or-set', 'get-or-set', 'get-or-set', 'get', 'get-many', 'get-or-set-many'])
  const isTolerant = dice.chance(0.1)
  return {
    mode,
    isStrict: dice.chance(0.15),
    options: {
      ttl: plan.ttlMs,
      ...(plan.graceMs > 0 && { grace: plan.graceMs }),
      ...(isTolerant ? { staleIfError: 300 } : { staleIfError: 0 }),
      ...(isTolerant && dice.chance(0.5) && { serveUnverified: true, grace: 500 }),
      ...(dice.chance(0.1) && { softTimeout: 10 }),
      ...(dice.chance(0.2) && { errorTtl: 20 }),
      ...(dice.chance(0.1) && { timeout: 50 }),
    },
  }
}

function namedBy(dice: Dice): Named {
  const luck = dice.fraction()
  if (luck < 0.45) return { keys: [keyBy(dice)] }
  if (luck < 0.7) return { tags: [dice.pick(['letters', 'first', 'late'])] }
  if (luck < 0.95) return { pattern: dice.pick(PATTERNS) }
  return { all: true }
}
