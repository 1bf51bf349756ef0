import { afterEach, describe, expect, it, vi } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'

afterEach(() => void vi.restoreAllMocks())

describe('an emitter', () => {
  it('tells every listener at once, in the order in which they came', () => {
    const emitter = createEmitter<string>()
    const heard: string[] = []
    emitter.on((event) => heard.push(`first ${event}`))
    emitter.on((event) => heard.push(`second ${event}`))
    emitter.emit('a')
    expect(heard).toEqual(['first a', 'second a'])
  })

  it('tells a listener no more once it is removed, also while an event is being told', () => {
    const emitter = createEmitter<string>()
    const heard: string[] = []
    const removeFirst = emitter.on((event) => {
      heard.push(`first ${event}`)
      removeSecond()
    })
    const removeSecond = emitter.on((event) => heard.push(`second ${event}`))
    emitter.emit('a')
    removeFirst()
    emitter.emit('b')
    expect(heard).toEqual(['first a'])
  })

  it('goes on after a listener that throws, and lets its error be seen outside of the read', () => {
    const outside: (() => void)[] = []
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => void outside.push(task))
    const emitter = createEmitter<string>()
    const heard: string[] = []
    emitter.on(() => {
      throw new Error('a broken listener')
    })
    emitter.on((event) => heard.push(event))
    emitter.emit('a')
    expect(heard).toEqual(['a'])
    expect(outside).toHaveLength(1)
    expect(outside[0]).toThrow('a broken listener')
  })
})
