/**
 * Calls of one script that are asked in the same turn, run as one: a script around the script, which answers each call by
 * itself. A hundred misses at once cost four such commands instead of two hundred.
 *
 * Each call is as atomic as ever. That all of them together are so too is nothing to rely on: a call that is alone is not
 * wrapped, and many are several batches. An error ends its own call only. In a cluster the keys of two calls live on
 * different nodes, so nothing is gathered there.
 */
import { createBatcher } from './batcher.ts'
import { toStoreError } from './failure.ts'
import type { Argument, Reply, Script } from './redis.ts'

/** What a script is called with. */
export interface ScriptCall {
  readonly keys: readonly string[]
  readonly args: readonly Argument[]
}

export interface GatheredScriptsDeps {
  /** Answers each call in its place; an Error for one that failed alone. */
  readonly runMany: (script: Script, calls: readonly ScriptCall[]) => Promise<readonly (Reply | Error)[]>
  readonly defer: (task: () => void) => void
}

/** Calls in one script, at most: more bring little, and Redis does nothing else meanwhile. */
const MOST_CALLS = 64
/** So many bytes weigh as much as one call more: 256 KiB at most. */
const BYTES_PER_CALL = 4096

/** Runs scripts that say they may be gathered. */
export function gatheredScripts({
  runMany,
  defer,
}: GatheredScriptsDeps): (script: Script, call: ScriptCall) => Promise<Reply> {
  const batchers = new Map<Script, (call: ScriptCall) => Promise<Reply>>()

  const batcherOf = (script: Script): ((call: ScriptCall) => Promise<Reply>) => {
    const known = batchers.get(script)
    if (known) return known
    const made = createBatcher<ScriptCall, Reply>({
      sendMany: (calls) => runMany(script, calls),
      defer,
      none: null,
      mostWeight: MOST_CALLS,
      weightOf,
    })
    batchers.set(script, made)
    return made
  }

  return (script, call) => batcherOf(script)(call)
}

function weightOf({ args }: ScriptCall): number {
  let bytes = 0
  for (const arg of args) if (Buffer.isBuffer(arg)) bytes += arg.length
  return 1 + bytes / BYTES_PER_CALL
}

type Run = (script: Script, keys: readonly string[], args: readonly Argument[]) => Promise<Reply>

/** Runs many calls as one, on a server that has the keys of all. */
export function runTogether(run: Run, address: string): GatheredScriptsDeps['runMany'] {
  const wrapped = new WeakMap<Script, Script>()
  return async (script, calls) => {
    const [first] = calls
    if (!first) return []
    if (calls.length === 1) return [await run(script, first.keys, first.args)]
    const around = wrapped.get(script) ?? wrap(script)
    wrapped.set(script, around)
    const answers = await run(
      around,
      calls.flatMap(({ keys }) => keys),
      [first.keys.length, first.args.length, ...calls.flatMap(({ args }) => args)],
    )
    return (answers as readonly (Reply | Error)[]).map((answer) =>
      answer instanceof Error ? (toStoreError(answer, address) as Error) : answer,
    )
  }
}

/**
 * KEYS the keys of all calls, one after the other · ARGV[1] keys of each call, [2] arguments of each call, then the arguments
 * Returns the answers in order; that of a call that failed is an error.
 */
function wrap({ name, lua }: Script): Script {
  return {
    name,
    lua: `
local function one(KEYS, ARGV)
${lua}
end
local keysOfEach, argsOfEach = tonumber(ARGV[1]), tonumber(ARGV[2])
local answers = {}
for call = 0, #KEYS / keysOfEach - 1 do
  local keys, args = {}, {}
  for at = 1, keysOfEach do keys[at] = KEYS[call * keysOfEach + at] end
  for at = 1, argsOfEach do args[at] = ARGV[2 + call * argsOfEach + at] end
  local ok, answer = pcall(one, keys, args)
  -- Before version 7 an error is a text.
  if not ok and type(answer) ~= 'table' then answer = { err = tostring(answer) } end
  answers[call + 1] = answer
end
return answers
`,
  }
}
