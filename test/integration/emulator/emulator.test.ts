import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createEmulator } from '../../../emulator/src/index.ts'
import { connect, withEmulator } from './with-emulator.ts'

const TEN_MINUTES_MS = 600_000

describe('an emulator', () => {
  it('counts the commands that it gets, whether or not they succeed', async () => {
    const { emulator, things } = await withEmulator()
    await things.insertOne({ _id: 1 })
    await things.insertOne({ _id: 1 }).catch(() => undefined)
    await things.findOne({})
    expect(emulator.counts()).toEqual({ insertOne: 2, findOne: 1 })
    emulator.resetCounts()
    expect(emulator.counts()).toEqual({})
  })

  it('holds an answer back by its latency, while the command is carried out at once', async () => {
    const { emulator, things } = await withEmulator()
    emulator.latency(TEN_MINUTES_MS)
    const abort = new AbortController()
    const insert = fetch(`${emulator.url}/v1/default_keyspace/things`, {
      method: 'POST',
      headers: { token: 'x', 'content-type': 'application/json' },
      body: '{"insertOne":{"document":{"_id":"held"}}}',
      signal: abort.signal,
    })
    const settled = vi.fn<() => void>()
    insert.then(settled, settled)
    await vi.waitUntil(() => emulator.counts()['insertOne'] === 1)

    emulator.latency({ min: 0, max: 1 })
    expect(await things.findOne({})).toEqual({ _id: 'held' })
    expect(settled).not.toHaveBeenCalled()
    abort.abort()
    await expect(insert).rejects.toThrow('aborted')
  })

  it('closes at once, breaking what it has not answered, and closes again', async () => {
    const { emulator, things } = await withEmulator()
    await things.findOne({})
    emulator.latency(TEN_MINUTES_MS)
    emulator.resetCounts()
    const held = things.findOne({})
    held.catch(() => undefined)
    await vi.waitUntil(() => emulator.counts()['findOne'] === 1)
    await emulator.close()
    await expect(held).rejects.toMatchObject({ code: expect.stringMatching(/^(?:UND_ERR_SOCKET|ECONNRESET)$/) })
    await emulator.close()
    await expect(things.findOne({})).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('closes although a client has sent only half a request', async () => {
    const { emulator } = await withEmulator()
    const socket = createConnection(Number(new URL(emulator.url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    const ended = once(socket, 'close')
    socket.write('POST /v1/default_keyspace HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n')
    // The server's word that it has read the head and waits for the body.
    await once(socket, 'data')
    await expect(emulator.close()).resolves.toBeUndefined()
    await ended
  })

  it('lets the process end although an answer was still held back', async () => {
    const script = `
      import { createEmulator } from ${JSON.stringify(new URL('../../../emulator/src/index.ts', import.meta.url).href)}
      const emulator = await createEmulator({ latencyMs: ${TEN_MINUTES_MS} })
      const headers = { token: 'x', 'content-type': 'application/json' }
      fetch(emulator.url + '/v1', { method: 'POST', headers, body: '{"findKeyspaces":{}}' }).catch(() => undefined)
      while (emulator.counts().findKeyspaces !== 1) await new Promise(setImmediate)
      await emulator.close()
    `
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('keeps its data in a file when it is given one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'emulator-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'data.sqlite')
    {
      await using emulator = await createEmulator({ file })
      const things = await connect(emulator.url).createCollection('things', { defaultId: { type: 'uuid' } })
      await things.insertOne({ _id: 'kept', at: new Date(7) })
    }
    await using emulator = await createEmulator({ file })
    const db = connect(emulator.url)
    expect(await db.collection('things').find({}).toArray()).toEqual([{ _id: 'kept', at: new Date(7) }])
    expect(await db.collection('things').options()).toEqual({ defaultId: { type: 'uuid' } })
  })

  it('listens where it is told, and says when it cannot', async () => {
    const { emulator } = await withEmulator()
    const port = Number(new URL(emulator.url).port)
    await expect(createEmulator({ port })).rejects.toThrow('EADDRINUSE')
    await emulator.close()
    await using again = await createEmulator({ port })
    expect(again.url).toBe(emulator.url)
  })

  it('refuses options that cannot work', async () => {
    await expect(createEmulator({ pageSize: 0 })).rejects.toThrow('pageSize must be a positive integer, got 0')
    await expect(createEmulator({ latencyMs: -1 })).rejects.toThrow('latency must be milliseconds from 0')
    const { emulator } = await withEmulator()
    expect(() => emulator.latency({ min: 2, max: 1 })).toThrow(RangeError)
  })
})
