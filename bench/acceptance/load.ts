/** Sends a mix to a fleet: as fast as it is answered, or at a rate, whatever the answers do. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Call } from './mix.ts'
import { ADMIN_TOKEN, type Started } from './processes.ts'

/** What became of one call. */
export interface Answered {
  readonly type: string
  readonly method: Call['method']
  /** 0 for a connection that broke. */
  readonly status: number
  readonly xCache: string | undefined
  /** What the cache itself took, as it says in Server-Timing. */
  readonly cacheMs: number | undefined
  /** From when it should have been sent to the end of the answer. */
  readonly ms: number
  /** When it should have been sent, from the beginning of the load. */
  readonly dueMs: number
  /** Whether it was sent once more, to another instance, because the connection broke. */
  readonly isResent: boolean
}

export interface LoadResult {
  readonly answers: readonly Answered[]
  readonly perSecond: number
}

export interface Client {
  /**
   * @param inFlight calls under way at once
   * @param seconds after which no further call is sent
   */
  closedLoop(calls: readonly Call[], inFlight: number, seconds?: number): Promise<LoadResult>
  openLoop(calls: readonly Call[], perSecond: number): Promise<LoadResult>
  close(): void
}

export interface ClientOptions {
  /** As a load balancer does: a read whose connection broke, and what found nobody listening, goes to another instance. @default false */
  readonly resends?: boolean
}

/** Calls become due in ticks of so long: a timer of every call would be the heaviest part of the load. */
const TICK_MS = 4

interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Nobody listened, so that nothing can have come of it. */
  readonly isRefused?: boolean
}

export function createClient(
  fleet: readonly Pick<Started, 'origin'>[],
  { resends = false }: ClientOptions = {},
): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  let turn = 0

  const exchange = (call: Call): Promise<Reply> =>
    new Promise((resolve) => {
      const { origin } = fleet[(turn += 1) % fleet.length] ?? { origin: '' }
      const text = call.body && JSON.stringify(call.body)
      const headers = {
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...(call.isAdmins && { authorization: `Bearer ${ADMIN_TOKEN}` }),
      }
      const sent = request(`${origin}${call.path}`, { agent, method: call.method, headers })
      const broken = (error: Error): void =>
        resolve({ status: 0, headers: {}, isRefused: 'code' in error && error.code === 'ECONNREFUSED' })
      sent.on('error', broken)
      sent.on('response', (response) => {
        const { statusCode = 0, headers } = response
        response.on('error', broken)
        response.on('end', () => resolve({ status: statusCode, headers })).resume()
      })
      sent.end(text)
    })

  const send = async (call: Call, beganMs: number, dueMs: number): Promise<Answered> => {
    const first = await exchange(call)
    // Only what may be done twice, or was not done once.
    const isResent = resends && first.status === 0 && (call.method === 'GET' || first.isRefused === true)
    const { status, headers } = isResent ? await exchange(call) : first
    const { type, method } = call
    const ms = performance.now() - beganMs - dueMs
    const cacheMs = cacheTimeOf(headers['server-timing'])
    return { type, method, status, xCache: headers['x-cache']?.toString(), cacheMs, ms, dueMs, isResent }
  }

  return {
    async closedLoop(calls, inFlight, seconds = Infinity) {
      const answers: Answered[] = []
      const beganMs = performance.now()
      let next = 0
      const caller = async (): Promise<void> => {
        const isOver = (): boolean => performance.now() - beganMs > seconds * 1000
        for (let call = calls[next++]; call && !isOver(); call = calls[next++])
          answers.push(await send(call, beganMs, performance.now() - beganMs))
      }
      await Promise.all(Array.from({ length: inFlight }, caller))
      // Those still under way at the end say nothing of the rate.
      const spentMs = Math.min(seconds * 1000, performance.now() - beganMs)
      const inTime = answers.filter(({ dueMs, ms }) => dueMs + ms <= spentMs)
      return { answers, perSecond: (inTime.length * 1000) / spentMs }
    },
    async openLoop(calls, perSecond) {
      const beganMs = performance.now()
      const under: Promise<Answered>[] = []
      for (let tick = 1; under.length < calls.length; tick += 1) {
        const waitMs = beganMs + tick * TICK_MS - performance.now()
        // Late ticks are made up for at once: their calls were due when they were due.
        if (waitMs > 0) await sleep(waitMs)
        const due = Math.min(calls.length, Math.floor((tick * TICK_MS * perSecond) / 1000))
        for (const call of calls.slice(under.length, due)) under.push(send(call, beganMs, tick * TICK_MS))
      }
      const answers = await Promise.all(under)
      return { answers, perSecond: (answers.length * 1000) / (performance.now() - beganMs) }
    },
    close: () => agent.destroy(),
  }
}

function cacheTimeOf(serverTiming: string | string[] | undefined): number | undefined {
  const found = /cache;desc="[^"]*";dur=([\d.]+)/.exec(String(serverTiming ?? ''))?.[1]
  return found === undefined ? undefined : Number(found)
}
