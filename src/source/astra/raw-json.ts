/**
 * JSON text taken apart one level at a time, without reading the values: they stay the text they are. A number of the Data
 * API may have more digits than a JavaScript number, so what goes into a key or back to the client must never have been
 * parsed. Not a validator: of a text that is no JSON it says so, or gives parts that whoever parses them will refuse.
 */

/** The members of the object that `text` is, as text. @throws SyntaxError when it is no object */
export function membersOf(text: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>()
  let at = opened(text, '{')
  while (text[at] !== '}') {
    if (text[at] !== '"') throw notJson(at)
    const nameEnd = stringEnd(text, at)
    const name = JSON.parse(text.slice(at, nameEnd)) as string
    const colon = skipSpace(text, nameEnd)
    if (text[colon] !== ':') throw notJson(colon)
    const start = skipSpace(text, colon + 1)
    const end = valueEnd(text, start)
    members.set(name, text.slice(start, end))
    at = separated(text, end, '}')
  }
  return members
}

/** The elements of the array that `text` is, as text. @throws SyntaxError when it is no array */
export function elementsOf(text: string): readonly string[] {
  const elements: string[] = []
  let at = opened(text, '[')
  while (text[at] !== ']') {
    const end = valueEnd(text, at)
    elements.push(text.slice(at, end))
    at = separated(text, end, ']')
  }
  return elements
}

/** The object that `members` are of, in their order. */
export function objectOf(members: Iterable<readonly [string, string]>): string {
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
}

function opened(text: string, bracket: '{' | '['): number {
  const at = skipSpace(text, 0)
  if (text[at] !== bracket) throw notJson(at)
  return skipSpace(text, at + 1)
}

function separated(text: string, end: number, closing: '}' | ']'): number {
  const at = skipSpace(text, end)
  if (text[at] === closing) return at
  if (text[at] !== ',') throw notJson(at)
  return skipSpace(text, at + 1)
}

function valueEnd(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return stringEnd(text, start)
  if (first === '{' || first === '[') return bracketEnd(text, start)
  let at = start
  while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at += 1
  if (at === start) throw notJson(at)
  return at
}

function bracketEnd(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') at = stringEnd(text, at) - 1
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  throw notJson(text.length)
}

/** Just behind the closing quote: the first with an even number of backslashes before it. */
function stringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote
    while (text[before - 1] === '\\') before -= 1
    if ((quote - before) % 2 === 0) return quote + 1
  }
  throw notJson(text.length)
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at += 1
  return at
}

function notJson(at: number): SyntaxError {
  return new SyntaxError(`Not JSON at character ${at}`)
}
