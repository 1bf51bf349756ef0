/** The sweeper's scripts (src/log/sweep-scripts.ts) as functions of a model server. */
import { TAGS_RANGE } from '../../../src/codec/header.ts'
import type { Argument, Reply } from '../../../src/redis/redis.ts'
import type { Server } from './server.ts'

type Body = (server: Server, keys: readonly string[], args: readonly Argument[]) => Reply

const { headerBytes, lengthFrom } = TAGS_RANGE

const turn: Body = (server, [sweep = '', swept = ''], args) => {
  const [token = '', lifeMs, epoch, upTo] = args.map(String)
  const holder = server.text(sweep)
  if (holder !== token) {
    const [, sweptEpoch, position] = /^(\S+) (\d+)$/.exec(server.text(swept) ?? '') ?? []
    if (sweptEpoch === epoch && Number(position) >= Number(upTo)) return 'done'
    if (holder !== null) return 'held'
  }
  server.write({ op: 'set', key: sweep, bytes: Buffer.from(token), goneAtMs: server.nowMs + Number(lifeMs) })
  return 'mine'
}

const noteSwept: Body = (server, [sweep = '', swept = ''], args) => {
  const [token, restMs, epoch, position] = args.map(String)
  if (server.text(sweep) !== token) return 0
  server.write({ op: 'set', key: sweep, bytes: Buffer.from('rest'), goneAtMs: server.nowMs + Number(restMs) })
  const upTo = Buffer.from(`${epoch} ${position}`)
  server.write({ op: 'set', key: swept, bytes: upTo, goneAtMs: Number.POSITIVE_INFINITY })
  return 1
}

const readHeader: Body = (server, [key = '']) => {
  const entry = server.get(key)
  if (!entry || entry.length < headerBytes) return ''
  const header = entry.subarray(0, headerBytes)
  if (header.some((byte) => byte > 0x7f)) return ''
  const length = header.subarray(lengthFrom - 1, lengthFrom + 2).reduce((sum, byte) => sum * 128 + byte, 0)
  return entry.toString('latin1', 0, headerBytes + length)
}

const unlinkJudged: Body = (server, [key = ''], [judged]) => {
  const entry = server.get(key)
  if ((entry?.toString('latin1', 0, headerBytes) ?? '') !== String(judged)) return 0
  server.write({ op: 'del', keys: [key] })
  return entry ? 1 : 0
}

export const sweepScripts: Readonly<Record<string, Body>> = {
  'sweep.turn': turn,
  'sweep.swept': noteSwept,
  'sweep.read-header': readHeader,
  'sweep.unlink': unlinkJudged,
}
