/**
 * Event-driven invalidation: which event makes what stale, as a table in one place, so that no handler has to remember it.
 * A rule is a pure function of its event; all it names is checked before anything is sent, so an event is invalidated
 * whole or not at all. Where a rule fails after the change was made, nothing may be lost either: the `fallback` is
 * invalidated in its place, and the error is thrown. Not a bus: whoever hears an event calls apply().
 */
import { RuleError } from '../base/errors.ts'
import { resolveTargets, type InvalidationTargets } from '../keys/target.ts'
import type { InvalidationNote, InvalidationResult } from '../log/appender.ts'
import { mutate } from './mutate.ts'
import { shapeOf, type RuleShape } from './rule-shape.ts'
import type { CacheVerbs } from './verbs.ts'

/** What an event makes stale, and the note that is recorded; the reason is the event's name when none is given. */
export type Stale = InvalidationTargets & InvalidationNote

/** A rule for each event. */
export type Rules<Events extends object> = {
  readonly [Name in keyof Events]: (event: Events[Name]) => Stale | readonly Stale[]
}

/** How rules are kept. */
export interface RulesOptions {
  /**
   * Invalidated in place of what a failing rule would have named, for a change that has been made: wide enough for every
   * event, such as `{ all: true }`.
   * @default nothing: the error is all that is left
   */
  readonly fallback?: InvalidationTargets
}

type Invalidates = Pick<CacheVerbs, 'invalidate'>

/** A table of rules, ready to use with any cache. */
export interface InvalidationRules<Events extends object> {
  /** Whether there is a rule for an event, for those who hear more events than they have rules. */
  handles(name: string): name is keyof Events & string
  /** What an event makes stale. @throws RuleError when there is no rule, it throws, or it names what cannot be used */
  staleBy<Name extends keyof Events & string>(name: Name, event: Events[Name]): readonly Stale[]
  /**
   * Invalidates what an event makes stale; call it once the change is visible. Acknowledged when all of it was.
   * @throws RuleError, after the fallback was invalidated; never because of Redis
   */
  apply<Name extends keyof Events & string>(
    cache: Invalidates,
    name: Name,
    event: Events[Name],
  ): Promise<readonly InvalidationResult[]>
  /**
   * Makes a change, and invalidates what it makes stale before and after it.
   * @throws RuleError before the change has begun; and whatever the change throws
   */
  mutate<T>(
    cache: Invalidates,
    happening: {
      readonly [Name in keyof Events & string]: { readonly name: Name; readonly event: Events[Name] }
    }[keyof Events & string],
    change: () => Promise<T> | T,
  ): Promise<T>
  /** Each rule with the targets it names, properties of the event in braces: `requirements:{id}`. */
  describe(): readonly RuleShape[]
}

/**
 * Makes the table of rules, checked as far as it can be without events.
 *
 * @throws KeyError (ERR_HOLDFAST_KEY) when the fallback cannot be invalidated
 */
export function createRules<Events extends object>(
  rules: Rules<Events>,
  { fallback }: RulesOptions = {},
): InvalidationRules<Events> {
  if (fallback) resolveTargets(fallback)
  const handles = (name: string): name is keyof Events & string => Object.hasOwn(rules, name)

  function staleBy<Name extends keyof Events & string>(name: Name, event: Events[Name]): readonly Stale[] {
    if (!handles(name)) throw new RuleError(`There is no rule for the event ${JSON.stringify(name)}`)
    try {
      return checked([rules[name](event)].flat(), name)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new RuleError(`The rule of ${JSON.stringify(name)} failed: ${why}`, { cause })
    }
  }
  return {
    handles,
    staleBy,
    async apply(cache, name, event) {
      let stale: readonly Stale[]
      try {
        stale = staleBy(name, event)
      } catch (error) {
        if (fallback) await cache.invalidate({ ...fallback, reason: `${name}: its rule failed` })
        throw error
      }
      return Promise.all(stale.map((each) => cache.invalidate(each)))
    },
    async mutate(cache, { name, event }, change) {
      // From the inside out: each target list wraps the change in its own two marks.
      const guarded = staleBy(name, event).reduce<typeof change>(
        (inner, stale) => () => mutate(cache, stale, inner),
        change,
      )
      return guarded()
    },
    describe: () => Object.entries(rules).map(([name, rule]) => shapeOf(name, rule as (event: unknown) => unknown)),
  }
}

function checked(stale: readonly Stale[], name: string): readonly Stale[] {
  for (const each of stale) {
    if (resolveTargets(each).length === 0) throw new RuleError('it names nothing: give keys, tags, a pattern, or all')
  }
  return stale.map((each) => ({ reason: name, ...each }))
}
