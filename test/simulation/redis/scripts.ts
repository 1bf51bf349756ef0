/**
 * The scripts of src/, by name, as functions of a model server. The originals are Lua (src/log/scripts.ts,
 * src/store/redis-store.ts); test/simulation/model.test.ts runs the same seeded operations against both.
 */
import { PRINT_RANGE, STAMP_RANGE } from '../../../src/codec/header.ts'
import type { Argument, Reply } from '../../../src/redis/redis.ts'
import type { Server } from './server.ts'
import { sweepScripts } from './sweep-scripts.ts'

type Body = (server: Server, keys: readonly string[], args: readonly Argument[]) => Reply

interface Opened {
  readonly head: string
  readonly log: string
  readonly epoch: string
  readonly position: number
}

// --- the log ---

function open(server: Server, keys: readonly string[], args: readonly Argument[]): Opened {
  const [head = '', log = '', probe = ''] = keys
  const [seenEpoch, seenApplied, fresh] = args.map(String)
  server.write({ op: 'del', keys: [probe] })
  const inc = server.replicationId
  const hash = server.keyspace.hash(head)
  const epoch = hash?.get('@epoch')
  const position = Number(hash?.get('@pos') ?? '0')
  const isBehind = seenEpoch === epoch && Number(seenApplied) > position
  if (epoch !== undefined && hash?.get('@inc') === inc && !isBehind) return { head, log, epoch, position }
  const first = after(server, position)
  server.write({ op: 'del', keys: [head, log] })
  const fields = { '@epoch': String(fresh), '@inc': inc, '@pos': String(first), '@floor': '0', '@glob': '0' }
  server.write({ op: 'hset', key: head, fields: Object.entries(fields) })
  return { head, log, epoch: String(fresh), position: first }
}

function after(server: Server, position: number): number {
  return Math.max(server.nowUs, position + 1)
}

const append: Body = (server, keys, args) => {
  const { head, log, epoch, position: prev } = open(server, keys, args)
  const [, , , kind = '', targetsJson = '', id, by, reason, kept, stamp, stampEpoch, checkJson = ''] = args.map(String)
  const position = after(server, prev)
  const isUnmarked =
    stampEpoch === epoch &&
    ['@floor', '@glob', ...(JSON.parse(checkJson) as string[])].every(
      (field) => Number(server.keyspace.hash(head)?.get(field) ?? '0') <= Number(stamp),
    )
  const record = { epoch, prev: String(prev), kind, targets: targetsJson, id, by, reason }
  add(server, log, position, record, Number(kept))
  const fields: [string, string][] = [['@pos', String(position)]]
  if (kind === 'all') fields.push(['@floor', String(position)])
  for (const target of kind === 'all' ? [] : (JSON.parse(targetsJson) as string[])) {
    fields.push([target, String(position)])
    if (target.startsWith('g:')) fields.push(['@glob', String(position)])
  }
  server.write({ op: 'hset', key: head, fields })
  return [epoch, String(position), String(prev), isUnmarked ? 1 : 0]
}

function add(server: Server, log: string, position: number, record: object, kept: number): void {
  server.write({ op: 'xadd', key: log, entry: [`${position}-0`, Object.entries(record).flat().map(String)] })
  server.write({ op: 'xtrim', key: log, keep: kept })
}

const beat: Body = (server, keys, args) => {
  const { log, epoch, position } = open(server, keys, args)
  const [seenEpoch, seenApplied, , count] = args.map(String)
  const isBehind = seenEpoch === epoch && Number(seenApplied) < position
  const records = isBehind ? server.streamAfter(log, `${seenApplied}-0`).slice(0, Number(count)) : []
  const state = server.keyspace.hash(keys[3] ?? '')
  const switched = ['version', 'enabled', 'by', 'reason'].map((field) => state?.get(field) ?? null)
  // How many replicas are connected matters only to those who wait for them, which nobody does here.
  return [epoch, String(position), records, switched, '0']
}

const scan: Body = (server, keys, args) => {
  const { head, epoch } = open(server, keys, args)
  const [, , , cursor = '0', count] = args.map(String)
  const page = server.scanHash(head, cursor, Number(count))
  return [epoch, page.cursor, page.fields.flat()]
}

const fold: Body = (server, keys, args) => {
  const { head, log, epoch, position: prev } = open(server, keys, args)
  const [seenEpoch, , , floor = '0', kept] = args.map(String)
  if (seenEpoch !== epoch || Number(floor) <= Number(server.keyspace.hash(head)?.get('@floor') ?? '0')) return 0
  const position = after(server, prev)
  add(server, log, position, { epoch, prev: String(prev), kind: 'fold', targets: floor }, Number(kept))
  const fields: [string, string][] = [
    ['@pos', String(position)],
    ['@floor', floor],
  ]
  server.write({ op: 'hset', key: head, fields })
  return 1
}

const prune: Body = (server, [head = ''], args) => {
  const hash = server.keyspace.hash(head)
  const floor = Number(hash?.get('@floor') ?? '0')
  let gone = 0
  for (const field of args.map(String)) {
    const position = hash?.get(field)
    if (position === undefined || Number(position) > floor) continue
    server.write({ op: 'hdel', key: head, field })
    gone += 1
  }
  return gone
}

const switchTo: Body = (server, keys, args) => {
  const { head, log, epoch, position: prev } = open(server, keys, args)
  const [, , , enabled = '', by = '', reason = '', kept, wanted = ''] = args.map(String)
  const stored = keys[3] ?? ''
  const known = Number(server.keyspace.hash(stored)?.get('version') ?? '0')
  if (wanted !== '' && Number(wanted) <= known) return ''
  const position = after(server, prev)
  const version = wanted === '' ? String(Math.max(position, known + 1)) : wanted
  const state = { version, enabled, by, reason }
  server.write({ op: 'hset', key: stored, fields: Object.entries(state) })
  add(server, log, position, { epoch, prev: String(prev), kind: 'switch', ...state }, Number(kept))
  server.write({ op: 'hset', key: head, fields: [['@pos', String(position)]] })
  return version
}

// --- entries and leases ---

const acquire: Body = (server, [lease = '', entry = ''], args) => {
  const [value = '', lifeMs, takeOver, seen] = args.map(String)
  const held = server.text(lease)
  if (held?.startsWith('!')) return [2, held.slice(1)]
  if (held !== null && held !== takeOver) return [0, held, millisecondsLeft(server, lease)]
  const stored = server.get(entry)?.toString('latin1', PRINT_RANGE.start, PRINT_RANGE.end + 1) ?? ''
  if (stored !== '' && stored !== seen && seen !== '*') return [3]
  setText(server, lease, value, Number(lifeMs))
  return [1]
}

const renew: Body = (server, [lease = ''], args) => {
  const [value, lifeMs] = args.map(String)
  if (server.text(lease) !== value) return 0
  server.write({ op: 'expire', key: lease, goneAtMs: server.nowMs + Number(lifeMs) })
  return 1
}

const giveBack: Body = (server, [lease = ''], args) => {
  const [value, channel = '', message = '', left = '', leftMs] = args.map(String)
  if (server.text(lease) !== value) return 0
  if (left === '') server.write({ op: 'del', keys: [lease] })
  else setText(server, lease, left, Number(leftMs))
  server.publish(channel, message)
  return 1
}

const fill: Body = (server, [entryKey = '', leaseKey = ''], args) => {
  const entry = bytesOf(args[0])
  const [, lifeMs, held, channel = '', message = ''] = args.map(String)
  const lease = server.text(leaseKey)
  if (held !== '' && lease !== held) return -1
  if (lease !== null) server.write({ op: 'del', keys: [leaseKey] })
  const existing = server.get(entryKey)
  const isYounger =
    existing !== null &&
    existing.length > STAMP_RANGE.end &&
    epochOf(existing) === epochOf(entry) &&
    positionOf(existing) > positionOf(entry)
  if (!isYounger) {
    server.write({ op: 'set', key: entryKey, bytes: entry, goneAtMs: server.nowMs + Number(lifeMs) })
  }
  if (lease !== null) server.publish(channel, message)
  return isYounger ? 0 : 1
}

function setText(server: Server, key: string, text: string, lifeMs: number): void {
  server.write({ op: 'set', key, bytes: Buffer.from(text), goneAtMs: server.nowMs + lifeMs })
}

function millisecondsLeft(server: Server, key: string): number {
  const { nowMs } = server
  return (server.keyspace.string(key, nowMs)?.goneAtMs ?? nowMs) - nowMs
}

const bytesOf = (argument: Argument = ''): Buffer =>
  Buffer.isBuffer(argument) ? argument : Buffer.from(String(argument))
const epochOf = (entry: Buffer): string => entry.toString('latin1', STAMP_RANGE.epochFrom - 1, STAMP_RANGE.epochTo)
const positionOf = (entry: Buffer): string =>
  entry.toString('latin1', STAMP_RANGE.positionFrom - 1, STAMP_RANGE.positionTo)

export const scripts: Readonly<Record<string, Body>> = {
  ...sweepScripts,
  'log.switch': switchTo,
  'log.append': append,
  'log.beat': beat,
  'log.scan': scan,
  'log.fold': fold,
  'log.prune': prune,
  'lease.acquire': acquire,
  'lease.renew': renew,
  'lease.give-back': giveBack,
  'entry.fill': fill,
}
