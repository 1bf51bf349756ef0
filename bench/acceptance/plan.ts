/** How long each part takes. */
export interface Plan {
  readonly isQuick: boolean
  /** Calls with which the cache is filled, and the most of the run that finds how many can be answered. */
  readonly calls: number
  /** How long each run of a mode takes: as much as it can answer, at the rate that all have in common, at its own. */
  readonly seconds: number
  readonly latenciesMs: readonly [number, ...number[]]
  /** Pairs of rounds of switched off and absent; 6 is the least that an interval can be had of. */
  readonly pairs: number
  readonly callsOfRound: number
  readonly faultSeconds: number
  /** Writes on one instance that are looked for on the other. */
  readonly writesSeen: number
}

const FULL: Plan = {
  isQuick: false,
  calls: 6000,
  seconds: 60,
  latenciesMs: [5, 20],
  pairs: 40,
  callsOfRound: 400,
  faultSeconds: 60,
  writesSeen: 50,
}

/** To see whether it works: its figures say little. */
const QUICK: Plan = {
  ...FULL,
  isQuick: true,
  latenciesMs: [5],
  calls: 500,
  seconds: 4,
  pairs: 6,
  callsOfRound: 25,
  faultSeconds: 6,
  writesSeen: 3,
}

/** `--quick` is a run of a minute or so; ACCEPTANCE_CALLS sets the calls of a mode's run. @throws RangeError */
export function planOf(args: readonly string[], givenCalls: string | undefined): Plan {
  const unknown = args.filter((arg) => arg !== '--quick')
  if (unknown.length > 0)
    throw new RangeError(`npm run acceptance takes --quick and nothing else, got ${unknown.join(' ')}`)
  const plan = args.includes('--quick') ? QUICK : FULL
  if (givenCalls === undefined) return plan
  const calls = Number(givenCalls)
  if (!Number.isInteger(calls) || calls < 100) throw new RangeError('ACCEPTANCE_CALLS must be a whole number from 100')
  return { ...plan, calls }
}
