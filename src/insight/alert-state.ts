/**
 * The state of one alert, moved by what its rule says each time it is looked at:
 *
 *     inactive ──(holds)──▶ pending ──(held for `forMs`)──▶ firing ──(holds no more)──▶ keep-firing
 *        ▲                     │                              ▲                              │
 *        ├──(holds no more)────┘                              └──────────(holds again)───────┤
 *        └──────────────────────────────(not for `keepMs`: resolved)─────────────────────────┘
 *
 * An alert that comes and goes therefore rings once, and not each time it crosses its line.
 */
export type AlertState =
  | { readonly name: 'inactive' }
  | { readonly name: 'pending'; readonly sinceMs: number }
  /** Since when it rings. */
  | { readonly name: 'firing'; readonly sinceMs: number }
  | { readonly name: 'keep-firing'; readonly sinceMs: number; readonly heldMs: number }

export interface Step {
  readonly state: AlertState
  readonly change?: 'fired' | 'resolved'
}

export const INACTIVE: AlertState = { name: 'inactive' }

export function rings(state: AlertState): state is Extract<AlertState, { name: 'firing' | 'keep-firing' }> {
  return state.name === 'firing' || state.name === 'keep-firing'
}

export function step(
  state: AlertState,
  { forMs, keepMs }: { readonly forMs: number; readonly keepMs: number },
  holds: boolean,
  nowMs: number,
): Step {
  switch (state.name) {
    case 'inactive':
      if (!holds) return { state }
      return forMs === 0 ? fired(nowMs) : { state: { name: 'pending', sinceMs: nowMs } }
    case 'pending':
      if (!holds) return { state: INACTIVE }
      return nowMs - state.sinceMs >= forMs ? fired(nowMs) : { state }
    case 'firing':
      if (holds) return { state }
      return keepMs === 0 ? RESOLVED : { state: { name: 'keep-firing', sinceMs: state.sinceMs, heldMs: nowMs } }
    case 'keep-firing':
      if (holds) return { state: { name: 'firing', sinceMs: state.sinceMs } }
      return nowMs - state.heldMs >= keepMs ? RESOLVED : { state }
  }
}

const RESOLVED: Step = { state: INACTIVE, change: 'resolved' }

function fired(nowMs: number): Step {
  return { state: { name: 'firing', sinceMs: nowMs }, change: 'fired' }
}
