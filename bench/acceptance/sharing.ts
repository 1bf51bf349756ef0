/** What two instances have in common: sessions, and what either of them writes. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { privateRedis } from 'holdfast/testing'

import { rounded } from './figures.ts'
import { INSTANCES, type Measured } from './modes.ts'
import { ADMIN_TOKEN, startFleet, type Started } from './processes.ts'

export interface SharingFigures {
  /** What was asked with a session of the other instance, and whether the answer was as it should be. */
  readonly sessions: readonly { readonly what: string; readonly holds: boolean }[]
  readonly writes: number
  /** Answers of the writing instance that did not show its own write. */
  readonly ownStale: number
  /** How long the longest write took to be seen on the other instance. */
  readonly longestMs: number
}

type Origin = Pick<Started, 'origin'>

const PATIENCE_MS = 10_000

export async function measureSharing(
  { database, population }: Pick<Measured, 'database' | 'population'>,
  writes: number,
): Promise<SharingFigures> {
  await using redis = await privateRedis()
  const fleet = await startFleet({ mode: 'on', instances: INSTANCES, redisUrl: redis.url, database })
  try {
    const [one, other] = fleet
    if (!one || !other) throw new Error('An instance was not started')
    const sessions = await sharedSession(one, other)
    const moments: number[] = []
    let ownStale = 0
    for (let write = 0; write < writes; write += 1) {
      const { id, document } = population.documents[write] ?? { id: 'House-Rules.json:short-rest', document: {} }
      const path = `/api/sources/documents/${encodeURIComponent(id)}`
      // Both hold it, so that there is something to be stale.
      for (const { origin } of [one, other, one, other]) await fetch(origin + path)
      const mark = randomBytes(8).toString('hex')
      await put(one, path, { document: { ...document, mark } })
      const beganMs = performance.now()
      if (!(await shows(one, path, mark))) ownStale += 1
      while (!(await shows(other, path, mark)) && performance.now() - beganMs < PATIENCE_MS) await sleep(1)
      moments.push(performance.now() - beganMs)
    }
    return { sessions, writes, ownStale, longestMs: rounded(Math.max(...moments)) }
  } finally {
    await Promise.all(fleet.map((one) => one.stop()))
  }
}

async function sharedSession(one: Origin, other: Origin): Promise<SharingFigures['sessions']> {
  const account = { username: `walker-${randomBytes(4).toString('hex')}`, password: 'Through-the-door-1' }
  let cookie = ''
  const say = async ({ origin }: Origin, path: string, body?: object): Promise<number> => {
    const response = await fetch(origin + path, {
      headers: { cookie, origin, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return response.status
  }
  const own = '/api/user/me/preferences'
  await say(one, '/auth/register', account)
  const loggedIn = await say(one, '/auth/login', account)
  const held = cookie
  const elsewhere = await say(other, own)
  const loggedOut = await say(other, '/auth/logout', {})
  cookie = held
  const after = await say(one, own)
  return [
    { what: 'a session of one instance is known to the other', holds: loggedIn === 200 && elsewhere === 200 },
    {
      what: 'after a logout on the other its own instance knows it no more',
      holds: loggedOut === 200 && after === 401,
    },
  ]
}

async function put({ origin }: Origin, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` }
  const { status } = await fetch(origin + path, { method: 'PUT', headers, body: JSON.stringify(body) })
  if (status !== 200) throw new Error(`PUT ${path} answered ${status}`)
}

async function shows({ origin }: Origin, path: string, mark: string): Promise<boolean> {
  return (await (await fetch(origin + path)).text()).includes(mark)
}
