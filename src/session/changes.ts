/**
 * What one request did to the data of its session. Requests of a browser overlap; each writes its changes, not its copy of
 * everything, so that two that change different names lose nothing, and counters add up.
 */
import { dataOf, type SessionData } from './document.ts'

export type Change =
  | { readonly do: 'set'; readonly name: string; readonly value: unknown }
  | { readonly do: 'delete'; readonly name: string }
  | { readonly do: 'add'; readonly name: string; readonly amount: number }

/** A copy of the data with the changes made, in their order. */
export function withChanges(data: SessionData, changes: readonly Change[]): SessionData {
  const changed = dataOf(data)
  for (const change of changes) applyChange(changed, change)
  return changed
}

export function applyChange(data: SessionData, change: Change): void {
  if (change.do === 'delete') delete data[change.name]
  else data[change.name] = change.do === 'set' ? change.value : numberIn(data, change.name) + change.amount
}

/** The changes with one more. What it overrules is dropped, so a loop that sets a name again and again stays one change. */
export function following(changes: readonly Change[], next: Change): readonly Change[] {
  const last = changes.findLast(({ name }) => name === next.name)
  if (next.do !== 'add') return [...changes.filter(({ name }) => name !== next.name), next]
  if (last?.do !== 'add') return [...changes, next]
  return [...changes.filter((change) => change !== last), { ...next, amount: last.amount + next.amount }]
}

/**
 * What must be set or deleted to make `expected` into `actual`, compared as JSON: changes deep inside of a value are found
 * too. @throws what JSON.stringify throws
 */
export function differences(expected: SessionData, actual: SessionData): readonly Change[] {
  const gone = Object.keys(expected).filter((name) => !Object.hasOwn(actual, name) || actual[name] === undefined)
  const changed = Object.keys(actual).flatMap((name): Change[] => {
    const text: string | undefined = JSON.stringify(actual[name])
    if (text === undefined || text === JSON.stringify(expected[name])) return []
    // A copy: what is changed after this call belongs to the next comparison.
    return [{ do: 'set', name, value: JSON.parse(text) as unknown }]
  })
  return [...gone.map((name): Change => ({ do: 'delete', name })), ...changed]
}

function numberIn(data: SessionData, name: string): number {
  const value = data[name]
  return typeof value === 'number' ? value : 0
}
