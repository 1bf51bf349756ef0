import { describe, expect, it } from 'vitest'

import { Content } from '../../../src/cache/content.ts'
import { serialise } from '../../../src/codec/serialise.ts'

const stored = (value: unknown): Content => {
  const { format, text } = serialise(value)
  return Content.ofPayload({ format, text: Buffer.from(text) }, true)
}

describe('the content of an entry', () => {
  it('gives a value from what Redis gave, frozen, the same one each time', () => {
    const content = stored({ list: [1] })
    expect(content.has('value')).toBe(false)
    const value = content.make('value').value
    expect(value).toEqual({ list: [1] })
    expect(Object.isFrozen(value)).toBe(true)
    expect(content.value).toBe(value)
  })

  it('gives JSON text without reading it, byte for byte', () => {
    const reply = Buffer.concat([Buffer.from('junk'), Buffer.from('{"not":  "read"}')])
    const { body } = Content.ofPayload({ format: 1, text: reply.subarray(4) }, true).make('json').json
    expect(body.toString()).toBe('{"not":  "read"}')
    expect(body.buffer, 'without a copy').toBe(reply.buffer)
  })

  it('keeps nothing of the reply that its text came in, once it is kept itself', () => {
    const reply = Buffer.concat([Buffer.from('junk'), Buffer.from('{"not":  "read"}')])
    const content = Content.ofPayload({ format: 1, text: reply.subarray(4) }, true).make('json')
    content.own()
    const { body } = content.json
    reply.fill(0)
    expect(body.toString()).toBe('{"not":  "read"}')
    content.own()
    expect(content.json.body, 'once').toBe(body)
  })

  it('tags the text: equal texts alike, others differently', () => {
    const etag = (value: unknown) => stored(value).json.etag
    expect(etag({ a: 1 })).toMatch(/^"[\w-]{22}"$/)
    expect(etag({ a: 1 })).toBe(etag({ a: 1 }))
    expect(etag({ a: 1 })).not.toBe(etag({ a: 2 }))
  })

  it('turns each form into the other', () => {
    expect(stored([1]).make('json').value).toEqual([1])
    expect(Content.ofValue({ at: new Date(0) }, false).json.body.toString()).toBe('{"at":"1970-01-01T00:00:00.000Z"}')
    expect(stored(new Map()).json.body.toString(), 'as JSON.stringify does').toBe('{}')
  })

  it('says so when there is no such form', () => {
    const code = (code: string) => expect.objectContaining({ code })
    expect(() => Content.ofValue(1n, true).json).toThrow(code('ERR_HOLDFAST_ENCODE'))
    expect(() => Content.ofValue(undefined, true).json).toThrow(code('ERR_HOLDFAST_ENCODE'))
    expect(() => Content.ofPayload({ format: 1, text: Buffer.from('{') }, true).make('value')).toThrow(
      code('ERR_HOLDFAST_DECODE'),
    )
  })

  it('tells what it takes on the heap, in each form that is made', () => {
    const content = stored({ text: 'x'.repeat(1000) })
    expect(content.heapBytes).toBe(0)
    const asValue = content.make('value').heapBytes
    expect(asValue).toBeGreaterThan(1000)
    expect(content.make('json').heapBytes).toBeGreaterThan(asValue + 1000)
  })
})
