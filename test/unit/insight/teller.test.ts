import { describe, expect, it } from 'vitest'

import type { Claim } from '../../../src/insight/claims.ts'
import { NOT_ENDED, type NotifiedAlert } from '../../../src/insight/notification.ts'
import { createTeller } from '../../../src/insight/teller.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { turn } from '../../support/memory-cache.ts'

const alert = (alertname: string, status: 'firing' | 'resolved' = 'firing'): NotifiedAlert => ({
  status,
  labels: { alertname },
  annotations: {},
  startsAt: '',
  endsAt: NOT_ENDED,
  generatorURL: '',
  fingerprint: '',
})

function telling() {
  const clock = fakeClock()
  const told: string[] = []
  const standing: string[] = []
  const released: string[] = []
  const fleet = { fire: 'mine' as Claim, resolve: 'mine' as Claim, isBroken: false, silenced: new Set<string>() }
  const teller = createTeller({
    clock,
    claims: {
      fire: async () => fleet.fire,
      resolve: async () => fleet.resolve,
      release: async (rule) => void released.push(rule),
    },
    sinks: [
      {
        name: 'news',
        wants: 'news',
        async send({ alerts }) {
          if (fleet.isBroken) throw new Error('away')
          told.push(alerts.map(({ status, labels }) => `${labels['alertname']} ${status}`).join(', '))
        },
      },
      {
        name: 'standing',
        wants: 'standing',
        send: async ({ alerts }) => void standing.push(...alerts.map(({ labels }) => labels['alertname'] ?? '')),
      },
    ],
    covers: (rule) => fleet.silenced.has(rule),
    onError: () => undefined,
    externalUrl: '',
    groupWaitMs: 10_000,
    repeatMs: 3_600_000,
  })
  const wait = async (ms = 10_000): Promise<void> => {
    clock.advance(ms)
    await turn()
  }
  return { clock, teller, told, standing, released, fleet, wait }
}

describe('telling of alerts', () => {
  it('tells those that come together in one message', async () => {
    const { teller, told, wait } = telling()
    teller.queue('A', alert('A'))
    teller.queue('B', alert('B'))
    await wait()
    expect(told).toEqual(['A firing, B firing'])
  })

  it('leaves to others what they have claimed, but tells those who gather for themselves', async () => {
    const { teller, told, standing, fleet, wait } = telling()
    fleet.fire = 'others'
    teller.queue('A', alert('A'))
    await wait()
    expect(told).toEqual([])
    expect(standing).toEqual(['A'])
  })

  it('tells once for itself while Redis is away, and also of the end', async () => {
    const { teller, told, fleet, wait } = telling()
    fleet.fire = 'alone'
    fleet.resolve = 'others'
    for (let minute = 0; minute < 3; minute += 1) {
      teller.queue('A', alert('A'))
      await wait(60_000)
    }
    // Redis is back before the alert has ended: who told already does not tell again.
    fleet.fire = 'mine'
    teller.queue('A', alert('A'))
    await wait()
    teller.queue('A', alert('A', 'resolved'))
    await wait()
    expect(told).toEqual(['A firing', 'A resolved'])
  })

  it('does not tell for itself what the fleet was told of, when Redis goes away later', async () => {
    const { teller, told, fleet, wait } = telling()
    fleet.fire = 'others'
    teller.queue('A', alert('A'))
    await wait()
    fleet.fire = 'alone'
    teller.queue('A', alert('A'))
    await wait()
    expect(told).toEqual([])
  })

  it('gives back what nobody could be told of', async () => {
    const { teller, told, released, fleet, wait } = telling()
    fleet.isBroken = true
    teller.queue('A', alert('A'))
    await wait()
    expect(released).toEqual(['A'])
    fleet.isBroken = false
    teller.queue('A', alert('A'))
    await wait()
    expect(told).toEqual(['A firing'])
  })

  it('tells nobody of what is silenced', async () => {
    const { teller, told, standing, fleet, wait } = telling()
    fleet.silenced.add('A')
    teller.queue('A', alert('A'))
    teller.queue('B', alert('B'))
    await wait()
    expect(told).toEqual(['B firing'])
    expect(standing).toEqual(['B'])
  })

  it('tells nobody after it was closed', async () => {
    const { teller, told, wait } = telling()
    teller.queue('A', alert('A'))
    teller.close()
    await wait()
    expect(told).toEqual([])
  })
})
