import { fieldOf, isObject, type Json, type JsonObject } from './json.ts'
import { parseProjection, type Projection } from './projection.ts'

/** A projection that hides `$vector` unless it is asked for by name, or everything is. @throws DataApiError */
export function parseDocumentProjection(definition: Json | undefined): Projection {
  const { shows, fields } = split(definition)
  return (document) => {
    const vector = fieldOf(document, '$vector')
    if (vector === undefined) return fields(document)
    const { $vector: _, ...rest } = document
    const projected = fields(rest)
    return shows ? { ...projected, $vector: vector } : projected
  }
}

function split(definition: Json | undefined): { readonly shows: boolean; readonly fields: Projection } {
  const asked = isObject(definition) ? fieldOf(definition, '$vector') : undefined
  if (!isObject(definition) || asked === undefined) {
    return { shows: isObject(definition) && Boolean(fieldOf(definition, '*')), fields: parseProjection(definition) }
  }
  const { $vector: _, ...others } = definition
  const shows = Boolean(asked)
  const isAlone = Object.keys(others).every((name) => name === '_id')
  if (!isAlone || !shows) return { shows, fields: parseProjection(others) }
  return { shows, fields: ({ _id: id = null }: JsonObject) => (fieldOf(others, '_id') === 0 ? {} : { _id: id }) }
}
