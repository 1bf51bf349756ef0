/** Sends a mix to a fleet: as fast as it is answered, or at a rate, whatever the answers do. */
import { Agent, request } from 'node:http'

import type { Call } from './mix.ts'
import { ADMIN_TOKEN, type Started } from './processes.ts'

/** What became of one call. */
export interface Answered {
  readonly type: string
  readonly status: number
  readonly xCache: string | undefined
  /** From when it should have been sent to the end of the answer. */
  readonly ms: number
}

export interface LoadResult {
  readonly answers: readonly Answered[]
  readonly perSecond: number
}

export interface Client {
  /** @param inFlight calls under way at once */
  closedLoop(calls: readonly Call[], inFlight: number): Promise<LoadResult>
  openLoop(calls: readonly Call[], perSecond: number): Promise<LoadResult>
  close(): void
}

const TICK_MS = 2

export function createClient(fleet: readonly Pick<Started, 'origin'>[]): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  let turn = 0

  const send = (call: Call, dueMs: number): Promise<Answered> =>
    new Promise((resolve) => {
      const { origin } = fleet[(turn += 1) % fleet.length] ?? { origin: '' }
      const end = (status: number, xCache: string | undefined): void =>
        resolve({ type: call.type, status, xCache, ms: performance.now() - dueMs })
      const text = call.body && JSON.stringify(call.body)
      const sent = request(`${origin}${call.path}`, {
        agent,
        method: call.method,
        headers: {
          ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(call.method !== 'GET' && { authorization: `Bearer ${ADMIN_TOKEN}` }),
        },
      })
      // A connection that broke counts as a failed call.
      sent.on('error', () => end(0, undefined))
      sent.on('response', (response) => {
        const xCache = response.headers['x-cache']?.toString()
        response.on('end', () => end(response.statusCode ?? 0, xCache)).resume()
      })
      sent.end(text)
    })

  return {
    async closedLoop(calls, inFlight) {
      const answers: Answered[] = []
      const beganMs = performance.now()
      let next = 0
      const caller = async (): Promise<void> => {
        for (let call = calls[next++]; call; call = calls[next++]) answers.push(await send(call, performance.now()))
      }
      await Promise.all(Array.from({ length: inFlight }, caller))
      return { answers, perSecond: (answers.length * 1000) / (performance.now() - beganMs) }
    },
    async openLoop(calls, perSecond) {
      const beganMs = performance.now()
      const under: Promise<Answered>[] = []
      while (under.length < calls.length) {
        const due = Math.min(calls.length, Math.floor(((performance.now() - beganMs) * perSecond) / 1000))
        for (let at = under.length; at < due; at += 1) {
          const call = calls[at]
          if (call) under.push(send(call, beganMs + (at * 1000) / perSecond))
        }
        await new Promise((resolve) => setTimeout(resolve, TICK_MS))
      }
      const answers = await Promise.all(under)
      return { answers, perSecond: (answers.length * 1000) / (performance.now() - beganMs) }
    },
    close: () => agent.destroy(),
  }
}
