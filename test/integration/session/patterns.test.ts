/**
 * `*` for an id, wherever an id is taken, among requests of others: in a hundred orders that a seed decides, and with all
 * that Redis was asked overheard.
 */
import { setImmediate as turn } from 'node:timers/promises'

import { Redis as Client } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'

import type { Sessions } from '../../../src/index.ts'
import { seeded, type Seeded } from '../../support/seeded.ts'
import { commitOf, logIn, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()
const SEEDS = Array.from({ length: 100 }, (_, seed) => seed + 1)
const VICTIMS = ['ada', 'eve', 'ivy']
const EMPTY = Object.create(null) as Record<string, unknown>

/** What stands for all ids, or many, wherever a pattern is understood; also as long as an id is. */
const PATTERNS = ['*', '?', '[a-z]*', '*{*', `ff${'*'.repeat(43)}`, `ff${'?'.repeat(43)}`, '*'.repeat(43)] as const

/** All that somebody may do who has nothing but a pattern. */
const attacks: Readonly<Record<string, (sessions: Sessions, pattern: string) => Promise<unknown>>> = {
  async read(sessions, pattern) {
    const session = await sessions.load(`__Host-id=${pattern}`)
    expect([session.user, session.handle, Object.keys(session.data)]).toEqual([undefined, undefined, []])
  },
  async logout(sessions, pattern) {
    const session = await sessions.load(`__Host-id=${pattern}`)
    await session.logout()
    await session.commit()
  },
  async write(sessions, pattern) {
    const session = await sessions.load(`__Host-id=${pattern}`)
    session.set('theme', pattern)
    expect(await commitOf(session)).not.toContain(pattern)
  },
  async revoke(sessions, pattern) {
    for (const user of VICTIMS) expect(await sessions.revoke(user, pattern)).toBe(false)
  },
  async revokeUser(sessions, pattern) {
    expect(await sessions.revokeUser(pattern)).toBe(0)
  },
  async end(sessions, pattern) {
    await sessions.records.end(pattern)
    await sessions.records.end(pattern.padEnd(43, '*'))
  },
}

/** Every key that Redis was asked for until now, in commands and in scripts. */
async function overhear() {
  const client = new Client(server.acl.server.port, '127.0.0.1', { password: 'admin-secret' })
  const monitor = await client.monitor()
  onTestFinished(() => {
    monitor.disconnect()
    client.disconnect()
  })
  const commands: (readonly string[])[] = []
  monitor.on('monitor', (_: string, args: readonly string[], source: string) => {
    if (source !== 'lua') commands.push(args)
  })
  return async (): Promise<readonly (readonly string[])[]> => {
    await client.call('ECHO', 'over')
    await expect.poll(() => commands.some((args) => args.includes('over'))).toBe(true)
    return commands
  }
}

function keysOf([name = '', ...args]: readonly string[]): readonly string[] {
  if (/^eval/i.test(name)) return args.slice(2, 2 + Number(args[1]))
  if (/^mget$/i.test(name)) return args
  return /^(get|getex|set|unlink)$/i.test(name) ? args.slice(0, 1) : []
}

async function inSomeOrder(random: Seeded, works: readonly (() => Promise<unknown>)[]): Promise<void> {
  await Promise.all(
    works.map(async (work) => {
      for (let left = random.below(12); left > 0; left -= 1) await turn()
      await work()
    }),
  )
}

it('a pattern for an id touches nothing of anybody, in a hundred orders', async () => {
  const { sessions, namespace } = server.open()
  const commands = await overhear()
  const cookies = await Promise.all(VICTIMS.map((user) => logIn(sessions, user)))
  const record = `${'A'.repeat(42)}x`
  await sessions.records.create(record, EMPTY)
  const began: string[] = []
  let attacked = 0
  for (const seed of SEEDS) {
    const random = seeded(seed)
    const visits = cookies.map((cookie, index) => async () => {
      began.push(`${seed} visit`)
      const session = await sessions.load(cookie)
      expect(session.user, `seed ${seed}`).toBe(VICTIMS[index])
      expect(session.incr('visits'), `seed ${seed}`).toBe(seed)
      await session.commit()
    })
    const assaults = Object.values(attacks).map((attack) => async () => {
      began.push(`${seed} attack`)
      await attack(sessions, random.pick(PATTERNS))
      attacked += 1
    })
    await inSomeOrder(random, [...visits, ...assaults])
  }
  expect(attacked).toBe(600)
  // Some attacks came before the visits of their run, and others among them or after.
  const first = SEEDS.map((seed) => began.find((step) => step.startsWith(`${seed} `)))
  expect(new Set(first.map((step) => step?.replace(/\d+ /, '')))).toEqual(new Set(['visit', 'attack']))

  for (const cookie of cookies) expect((await sessions.load(cookie)).get('visits')).toBe(SEEDS.length)
  expect(await sessions.records.read(record)).toBeDefined()
  // Whatever was asked, was asked by the names of keys, of which a pattern is no part.
  const asked = (await commands()).filter((args) => args.some((argument) => argument.includes(namespace)))
  const keys = asked.flatMap(keysOf)
  expect(asked.length).toBeGreaterThan(600)
  expect(asked.filter((args) => keysOf(args).length === 0)).toEqual([])
  expect(keys.filter((key) => !/^hf:[\w-]+:([amnsu]:\{[0-9a-f]{2}\}(:[\w-]+)?|r:\{[\w-]+\})$/.test(key))).toEqual([])
})
