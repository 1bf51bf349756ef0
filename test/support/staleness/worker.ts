/** One process of a staleness run: callers that read, change and invalidate at once, and write down what happened. */
import { setTimeout as pause } from 'node:timers/promises'

import type { RedisOptions } from '../../../src/index.ts'
import { seeded, type Seeded } from '../seeded.ts'
import { nowMs, type HistoryRecord, type LoadedValue, type ReadRecord } from './history.ts'
import { createSubject, type ReadHow, type Subject, type SubjectName } from './subject.ts'
import { KEYS, loadDelays, nameKey, type Key } from './workload.ts'

export interface RunRequest {
  readonly op: 'run'
  readonly subject: SubjectName
  readonly redis: RedisOptions
  readonly namespace: string
  readonly worker: number
  readonly seed: number
  readonly boundMs: number
  readonly durationMs: number
}

export type FromParent = RunRequest | { readonly op: 'version'; readonly id: number; readonly version: number }

export type ToParent =
  | { readonly op: 'ready' }
  /** Asks the source for a key's version; with `commit`, raises it first. */
  | { readonly op: 'source'; readonly id: number; readonly key: string; readonly commit: boolean }
  | { readonly op: 'history'; readonly records: readonly HistoryRecord[] }

const CALLERS = 12
const STRICT_PERCENT = 15

const asked = new Map<number, (version: number) => void>()
const send = (message: ToParent): void => void process.send?.(message)
let lastAsked = 0

function source(key: string, commit: boolean): Promise<number> {
  lastAsked += 1
  const { promise, resolve } = Promise.withResolvers<number>()
  asked.set(lastAsked, resolve)
  send({ op: 'source', id: lastAsked, key, commit })
  return promise
}

async function run(request: RunRequest): Promise<readonly HistoryRecord[]> {
  const { subject: name, redis, namespace, worker, boundMs, durationMs } = request
  const records: HistoryRecord[] = []
  const acknowledgedMs = new Map<string, number>()
  const acknowledged = (id: string): void => void (acknowledgedMs.has(id) || acknowledgedMs.set(id, nowMs()))
  const subject = await createSubject(name, { redis, namespace, boundMs, acknowledged })
  const endMs = nowMs() + durationMs
  const caller = async (index: number): Promise<void> => {
    const random = seeded(request.seed * 1000 + worker * 10 + index)
    const caller: Caller = { worker, subject, random, records }
    while (nowMs() < endMs) {
      try {
        await act(caller)
      } catch (error) {
        records.push({ kind: 'error', worker, atMs: nowMs(), text: String(error) })
      }
      await pause(random.below(6))
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, (_, index) => caller(index)))
  await subject.close()
  return records.map((record) => {
    if (record.kind !== 'invalidation' || record.acknowledgedMs !== undefined) return record
    const laterMs = acknowledgedMs.get(record.id)
    return laterMs === undefined ? record : { ...record, acknowledgedMs: laterMs }
  })
}

interface Caller {
  readonly worker: number
  readonly subject: Subject
  readonly random: Seeded
  readonly records: HistoryRecord[]
}

function act(caller: Caller): Promise<void> {
  const { random } = caller
  const how: ReadHow = { strict: random.below(100) < STRICT_PERCENT, expiring: random.below(5) === 0 }
  const what = random.below(100)
  const key = random.pick(KEYS)
  if (what < 62) return read(caller, key, how)
  if (what < 74) return readMany(caller, how)
  if (what < 84) return get(caller, key, how)
  if (what < 90) return change(caller, key)
  if (what < 95) return mutate(caller, key)
  return set(caller, key)
}

// --- reading ---

async function load({ worker, random, records }: Caller, key: string): Promise<LoadedValue> {
  const loadedMs = nowMs()
  const { beforeMs, afterMs } = loadDelays(random)
  if (beforeMs > 0) await pause(beforeMs)
  const version = await source(key, false)
  if (afterMs > 0) await pause(afterMs)
  records.push({
    kind: 'note',
    worker,
    atMs: loadedMs,
    key,
    text: `load began, gave v${version} after ${round(nowMs() - loadedMs)}`,
  })
  return { key, version, loadedMs, by: worker }
}

async function read(caller: Caller, key: Key, how: ReadHow): Promise<void> {
  const beganMs = nowMs()
  const value = await caller.subject.read(key, () => load(caller, key), how)
  noteRead(caller, 'getOrSet', key, how, beganMs, value)
}

async function readMany(caller: Caller, how: ReadHow): Promise<void> {
  const keys = KEYS.filter(() => caller.random.below(2) === 0)
  const beganMs = nowMs()
  const values = await caller.subject.readMany(keys, (key) => load(caller, key), how)
  for (const [index, value] of values.entries())
    noteRead(caller, 'getOrSetMany', keys[index] ?? '', how, beganMs, value)
}

async function get(caller: Caller, key: Key, how: ReadHow): Promise<void> {
  const beganMs = nowMs()
  const value = await caller.subject.get(key, how)
  if (value !== undefined) noteRead(caller, 'get', key, how, beganMs, value)
}

function noteRead(
  { worker, records }: Caller,
  verb: ReadRecord['verb'],
  key: string,
  { strict }: ReadHow,
  beganMs: number,
  value: LoadedValue,
): void {
  records.push({ kind: 'read', worker, verb, key, strict, beganMs, endedMs: nowMs(), value })
}

// --- changing ---

async function commit({ worker, records }: Caller, key: string): Promise<number> {
  const version = await source(key, true)
  records.push({ kind: 'note', worker, atMs: nowMs(), key, text: `committed v${version}` })
  return version
}

async function change(caller: Caller, key: Key): Promise<void> {
  await commit(caller, key)
  const named = nameKey(caller.random, key)
  const calledMs = nowMs()
  const { id, acknowledged } = await caller.subject.invalidate(named)
  noteInvalidation(caller, 'invalidate', named.text, named.keys, calledMs, { id, acknowledged })
}

async function mutate(caller: Caller, key: Key): Promise<void> {
  const named = nameKey(caller.random, key)
  let calledMs = 0
  const result = await caller.subject.mutate(named, async () => {
    await commit(caller, key)
    // The invalidation that follows the change is called no sooner than this.
    calledMs = nowMs()
  })
  noteInvalidation(caller, 'mutate', named.text, named.keys, calledMs, result)
}

async function set(caller: Caller, key: Key): Promise<void> {
  const version = await commit(caller, key)
  // A value that is set counts as loaded when set() was called; nothing can be applied here between this line and the call.
  const calledMs = nowMs()
  const result = await caller.subject.set(key, { key, version, loadedMs: calledMs, by: caller.worker })
  noteInvalidation(caller, 'set', `key ${key}`, [key], calledMs, result)
}

function noteInvalidation(
  { worker, records }: Caller,
  verb: 'invalidate' | 'mutate' | 'set',
  target: string,
  keys: readonly string[],
  calledMs: number,
  { id, acknowledged }: { readonly id: string; readonly acknowledged: boolean },
): void {
  const endedMs = nowMs()
  const acknowledgement = acknowledged ? { acknowledgedMs: endedMs } : {}
  records.push({ kind: 'invalidation', worker, id, verb, target, keys, calledMs, endedMs, ...acknowledgement })
}

const round = (ms: number): string => ms.toFixed(1)

process.on('message', (message: FromParent) => {
  if (message.op === 'version') {
    asked.get(message.id)?.(message.version)
    asked.delete(message.id)
    return
  }
  void run(message).then((records) => send({ op: 'history', records }))
})
process.on('disconnect', () => process.exit(0))
send({ op: 'ready' })
