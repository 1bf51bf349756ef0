/**
 * What a rule names, without an event: the rule is run on a stand-in whose every property is its own name in braces, so
 * `requirements:${event.id}` becomes `requirements:{id}`. A rule that decides by the event cannot be shown so and says
 * `computed`. For documents and people; never for invalidating.
 */

/** A rule as people read it. */
export interface RuleShape {
  readonly name: string
  /** `computed`: depends on more of the event than its texts. */
  readonly stale: readonly RuleTargets[] | 'computed'
}

/** The targets of a rule, properties of the event in braces. */
export interface RuleTargets {
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  readonly patterns: readonly string[]
  readonly all: boolean
}

export function shapeOf(name: string, rule: (event: unknown) => unknown): RuleShape {
  try {
    return { name, stale: [rule(standIn('event'))].flat().map(targets) }
  } catch {
    // Whatever the rule asked of the stand-in, only a real event has it.
    return { name, stale: 'computed' }
  }
}

function standIn(path: string): unknown {
  return new Proxy(Object.freeze({}), {
    get(_target, property) {
      if (property === Symbol.toPrimitive) return () => `{${path.replace(/^event\./, '')}}`
      if (typeof property === 'symbol') throw new TypeError(`${path} is no ${property.description}`)
      return standIn(`${path}.${property}`)
    },
  })
}

function targets(stale: unknown): RuleTargets {
  const { keys = [], tags = [], pattern, all = false } = stale as Readonly<Record<string, unknown>>
  return {
    keys: texts(keys),
    tags: texts(tags),
    patterns: pattern === undefined ? [] : texts([pattern]),
    all: all === true,
  }
}

function texts(list: unknown): string[] {
  if (!Array.isArray(list)) throw new TypeError('a list is expected')
  return list.map((text) => `${text}`)
}
