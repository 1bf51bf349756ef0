/**
 * devalue's format, for what JSON cannot hold: every value comes back as it went in or is refused. devalue alone would take
 * a subclass of Map and give back a Map, drop the named properties of an array, and write memory that is none of the
 * value's; the reducers here, asked first about each part of a value, see to these.
 */
import { parse, stringify } from 'devalue'

/** @throws DevalueError or TypeError that says why the value would not come back as it is */
export function stringifyRich(value: unknown): string {
  return stringify(value, reducers)
}

/** @throws Error when the text is not of this format */
export function parseRich(text: string): unknown {
  return parse(text, revivers)
}

type Entries = readonly (readonly [name: string, value: unknown])[]

// In this order; the first that answers decides, and what none takes is devalue's.
const reducers = {
  // In a list, since the text of an empty Buffer is falsy, which means that a reducer does not take the value.
  Buffer: (value: unknown) => Buffer.isBuffer(value) && [value.toString('base64')],
  Refused: (value: unknown) => {
    const reason = isObject(value) ? reasonAgainst(value) : undefined
    if (reason !== undefined) throw new TypeError(reason)
    return false
  },
  // devalue writes the whole memory behind a view: for six bytes of Node's pool, 64 KB of whatever else is in it.
  View: (value: unknown) => ArrayBuffer.isView(value) && isPartOfItsMemory(value) && copyOf(value),
  // devalue refuses an own `__proto__`, which JSON.parse of a request body produces; such an object travels as its entries.
  OwnProto: (value: unknown) => hasOwnProto(value, Object.prototype) && Object.entries(value),
  OwnProtoOfNull: (value: unknown) => hasOwnProto(value, null) && Object.entries(value),
}

const revivers = {
  Buffer: ([base64]: readonly [string]) => Buffer.from(base64, 'base64'),
  View: (view: unknown) => view,
  OwnProto: (entries: Entries) => define({}, entries),
  OwnProtoOfNull: (entries: Entries) => define(Object.create(null) as object, entries),
}

function reasonAgainst(value: object): string | undefined {
  if (Array.isArray(value) && hasNamedProperties(value)) return 'An array would lose its named properties'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!isObject(prototype)) return undefined
  // As devalue tells built-in classes apart. Names, not identity, so that values of another realm pass.
  const kind = Object.prototype.toString.call(value).slice(8, -1).replace('Temporal.', '')
  const name = typeof prototype.constructor === 'function' ? prototype.constructor.name : ''
  return name === kind ? undefined : `An instance of ${name || 'a class'} would come back as a plain ${kind}`
}

/** Own keys come in the order: indices, `length`, other names, symbols. */
function hasNamedProperties(array: readonly unknown[]): boolean {
  return Reflect.ownKeys(array).at(-1) !== 'length'
}

function isPartOfItsMemory(view: ArrayBufferView): boolean {
  return view.byteLength !== view.buffer.byteLength
}

function copyOf(view: ArrayBufferView): ArrayBufferView {
  if (!(view instanceof DataView)) return (view as Uint8Array).slice()
  return new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
}

function hasOwnProto(value: unknown, prototype: object | null): value is object {
  return isObject(value) && Object.getPrototypeOf(value) === prototype && Object.hasOwn(value, '__proto__')
}

function define(object: object, entries: Entries): object {
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
  }
  return object
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
