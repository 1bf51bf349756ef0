/*
 * The interfaces of the admin API's contract as JSON Schema, read from their source: so what is documented is what the
 * compiler holds the handlers to. It knows the part of TypeScript that data is described in, and refuses anything else.
 */
import { parseSync } from 'oxc-parser'

export type JsonSchema = Readonly<Record<string, unknown>>

/** A node of the syntax tree; what is read of it depends on its type. */
interface Node {
  readonly type: string
  readonly [member: string]: unknown
}

/** Schemas of all interfaces and types that these sources export, by their names. */
export function schemasOf(sources: readonly string[]): Readonly<Record<string, JsonSchema>> {
  const schemas: Record<string, JsonSchema> = {}
  for (const source of sources) {
    const { program, comments, errors } = parseSync('contract.ts', source)
    const [error] = errors
    if (error) throw new Error(error.message)
    const describe = describer(source, comments)
    for (const statement of program.body as unknown as readonly Node[]) {
      const declaration = statement.type === 'ExportNamedDeclaration' ? (statement['declaration'] as Node | null) : null
      if (declaration?.type === 'TSInterfaceDeclaration')
        schemas[nameOf(declaration['id'])] = { ...describe(statement), ...interfaceSchema(declaration, describe) }
      if (declaration?.type === 'TSTypeAliasDeclaration')
        schemas[nameOf(declaration['id'])] = {
          ...describe(statement),
          ...schemaOf(declaration['typeAnnotation'], describe),
        }
    }
  }
  return schemas
}

type Describe = (node: Node) => { readonly description?: string }

/** The comment that ends just before a node. */
function describer(
  source: string,
  comments: readonly { type: string; value: string; start: number; end: number }[],
): Describe {
  return (node) => {
    const start = Number(node['start'])
    const own = comments.find(
      ({ type, end }) => type === 'Block' && /^\s*$/.test(source.slice(end, start)) && end <= start,
    )
    if (!own?.value.startsWith('*')) return {}
    return {
      description: own.value
        .replace(/^\*/, '')
        .replace(/\n\s*\* ?/g, ' ')
        .trim(),
    }
  }
}

function interfaceSchema(declaration: Node, describe: Describe): JsonSchema {
  const own = objectSchema((declaration['body'] as Node)['body'] as readonly Node[], describe)
  const parents = ((declaration['extends'] as readonly Node[] | undefined) ?? []).map((parent) =>
    reference(nameOf(parent['expression'])),
  )
  return parents.length === 0 ? own : { allOf: [...parents, own] }
}

function objectSchema(members: readonly Node[], describe: Describe): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  for (const member of members) {
    if (member.type !== 'TSPropertySignature') throw unknownPart(member)
    const key = member['key'] as Node
    const name = key.type === 'Literal' ? String(key['value']) : nameOf(key)
    properties[name] = {
      ...describe(member),
      ...schemaOf((member['typeAnnotation'] as Node)['typeAnnotation'], describe),
    }
    if (member['optional'] !== true) required.push(name)
  }
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

function schemaOf(given: unknown, describe: Describe): JsonSchema {
  const node = given as Node
  switch (node.type) {
    case 'TSStringKeyword':
      return { type: 'string' }
    case 'TSNumberKeyword':
      return { type: 'number' }
    case 'TSBooleanKeyword':
      return { type: 'boolean' }
    case 'TSNullKeyword':
      return { type: 'null' }
    case 'TSLiteralType':
      return { const: (node['literal'] as Node)['value'] }
    case 'TSTypeOperator':
      // `readonly` of an array.
      return schemaOf(node['typeAnnotation'], describe)
    case 'TSArrayType':
      return { type: 'array', items: schemaOf(node['elementType'], describe) }
    case 'TSParenthesizedType':
      return schemaOf(node['typeAnnotation'], describe)
    case 'TSTypeLiteral':
      return objectSchema(node['members'] as readonly Node[], describe)
    case 'TSUnionType':
      return unionSchema((node['types'] as readonly unknown[]).map((type) => schemaOf(type, describe)))
    case 'TSTypeReference':
      return referenceSchema(node, describe)
    case 'TSIndexedAccessType': {
      const property = ((node['indexType'] as Node)['literal'] as Node)['value']
      return { $ref: `${refOf(nameOf((node['objectType'] as Node)['typeName']))}/properties/${String(property)}` }
    }
    default:
      throw unknownPart(node)
  }
}

function unionSchema(schemas: readonly JsonSchema[]): JsonSchema {
  if (schemas.every((schema) => 'const' in schema)) return { enum: schemas.map((schema) => schema['const']) }
  return { anyOf: schemas }
}

function referenceSchema(node: Node, describe: Describe): JsonSchema {
  const name = nameOf(node['typeName'])
  const given = ((node['typeArguments'] as Node | null | undefined)?.['params'] ?? []) as readonly unknown[]
  if (name === 'Readonly') return schemaOf(given[0], describe)
  if (name === 'Record') return { type: 'object', additionalProperties: schemaOf(given[1], describe) }
  if (given.length > 0) throw unknownPart(node)
  return reference(name)
}

function reference(name: string): JsonSchema {
  return { $ref: refOf(name) }
}

function refOf(name: string): string {
  return `#/components/schemas/${name}`
}

function nameOf(node: unknown): string {
  return String((node as Node)['name'])
}

function unknownPart({ type }: Node): Error {
  return new Error(`A contract is written in interfaces, unions, arrays and literals; this has ${type}`)
}
