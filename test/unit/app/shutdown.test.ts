import { describe, expect, it } from 'vitest'

import { createShutdown, listenToSignals } from '../../../app/src/shutdown.ts'

function recorded() {
  const log: string[] = []
  const shutdown = createShutdown({ report: (line) => log.push(line), patienceMs: 20 })
  const add = (name: string): void => shutdown.add(name, async () => log.push(`${name} closed`))
  return { log, shutdown, add }
}

describe('shutdown', () => {
  it('closes what was added last first, and each thing once', async () => {
    const { log, shutdown, add } = recorded()
    add('redis')
    add('cache')
    add('server')
    await Promise.all([shutdown.run(), shutdown.run()])
    await shutdown.run()
    expect(log).toEqual(['server closed', 'cache closed', 'redis closed'])
  })

  it('reports what fails and closes the rest', async () => {
    const { log, shutdown, add } = recorded()
    add('redis')
    shutdown.add('cache', () => Promise.reject(new Error('no')))
    await shutdown.run()
    expect(log).toEqual(['cache did not close: no', 'redis closed'])
  })

  it('does not wait for ever for what hangs', async () => {
    const { log, shutdown, add } = recorded()
    add('redis')
    shutdown.add('cache', () => new Promise(() => undefined))
    await shutdown.run()
    expect(log).toEqual(['cache did not close: not within 20 ms', 'redis closed'])
  })

  it('closes what only comes once the end has begun', async () => {
    const { log, shutdown, add } = recorded()
    shutdown.add('cache', async () => add('late'))
    await shutdown.run()
    add('later')
    await shutdown.run()
    expect(log).toEqual(['late closed', 'later closed'])
  })
})

describe('listenToSignals', () => {
  function signals() {
    const listeners = new Map<string, () => void>()
    const calls: string[] = []
    let nowMs = 0
    listenToSignals({
      source: { on: (signal, listener) => listeners.set(signal, listener) },
      monoMs: () => nowMs,
      stop: () => calls.push('stop'),
      force: () => calls.push('force'),
    })
    const at = (ms: number, signal: 'SIGINT' | 'SIGTERM'): void => {
      nowMs = ms
      listeners.get(signal)?.()
    }
    return { calls, at }
  }

  it('stops at the first signal and forces at a second one', () => {
    const { calls, at } = signals()
    at(0, 'SIGINT')
    at(900, 'SIGTERM')
    expect(calls).toEqual(['stop', 'force'])
  })

  it('takes a signal that arrives twice at once for one', () => {
    const { calls, at } = signals()
    at(0, 'SIGINT')
    at(3, 'SIGINT')
    expect(calls).toEqual(['stop'])
  })
})
