/**
 * Finds the route of a request wherever the admin API is mounted. No absolute path is ever written anywhere, so a proxy may
 * add or strip any prefix: the route is what the path ends with. Only what no route of the API claims is a page's file.
 */
import type { RouteShape } from './contract/route.ts'
import { ROUTES, type RouteName } from './contract/table.ts'

export type Matched =
  | { readonly state: 'route'; readonly name: RouteName; readonly params: Readonly<Record<string, string>> }
  | { readonly state: 'other-method'; readonly allow: readonly string[]; readonly name: RouteName }
  | { readonly state: 'none' }
  /** The mount without its slash, from which relative addresses would lead astray. */
  | { readonly state: 'to-slash'; readonly location: string }

interface Compiled {
  readonly name: RouteName
  readonly shape: RouteShape
  readonly expression: RegExp
  readonly names: readonly string[]
}

const compiled: readonly Compiled[] = (Object.entries(ROUTES) as [RouteName, RouteShape][])
  .filter(([, { access }]) => access !== 'page')
  .map(([name, shape]) => compile(name, shape))

/** Where the pages' files are: the page itself, and one folder. */
const FILE = /(?:^|\/)((?:assets\/)?[\w.-]+\.[a-z0-9]{2,5})$/

/** `base`: the path of the mount where the adapter knows it; undefined lets the end of the path decide. */
export function match(method: string, pathname: string, base: string | undefined): Matched {
  const path = base === undefined ? pathname : withoutBase(pathname, base)
  if (path === undefined) return { state: 'none' }
  const matching = compiled.flatMap((candidate) => {
    const matched = candidate.expression.exec(path)
    // With a known mount the route is all of the rest.
    return matched && (base === undefined || matched.index === 0) ? [{ ...candidate, matched }] : []
  })
  // The longest: a key may be called `metrics`.
  const first = Math.min(...matching.map(({ matched }) => matched.index))
  const found = matching.filter(({ matched }) => matched.index === first)
  const [exact] = found.filter(({ shape }) => shape.method === method || (method === 'HEAD' && shape.method === 'GET'))
  if (exact) return { state: 'route', name: exact.name, params: paramsOf(exact.names, exact.matched) }
  const [other] = found
  if (other)
    return { state: 'other-method', name: other.name, allow: [...new Set(found.map(({ shape }) => shape.method))] }
  if (/\/api(\/|$)/.test(path)) return { state: 'none' }
  if (method !== 'GET' && method !== 'HEAD') return { state: 'other-method', name: 'page', allow: ['GET'] }
  if (path === '') return { state: 'to-slash', location: `./${pathname.split('/').at(-1) ?? ''}/` }
  if (path.endsWith('/')) return base === undefined || path === '/' ? page('index.html') : { state: 'none' }
  const file = FILE.exec(path)?.[1]
  if (file !== undefined && (base === undefined || path === `/${file}`)) return page(file)
  const last = path.split('/').at(-1) ?? ''
  // The name of a mount, and not a file that is not there.
  const isName = base === undefined && /^[\w-]+$/.test(last)
  return isName ? { state: 'to-slash', location: `./${last}/` } : { state: 'none' }
}

function page(file: string): Matched {
  return { state: 'route', name: 'page', params: { file } }
}

/** What remains of a path below the mount; undefined when it is not below it. */
function withoutBase(pathname: string, base: string): string | undefined {
  const trimmed = base.replace(/\/+$/, '')
  if (pathname === trimmed) return ''
  return pathname.startsWith(`${trimmed}/`) ? pathname.slice(trimmed.length) : undefined
}

function compile(name: RouteName, shape: RouteShape): Compiled {
  const names: string[] = []
  const source = shape.path.replace(/:(\w+)/g, (_part, param: string) => {
    names.push(param)
    return '([^/]+)'
  })
  return { name, shape, names, expression: new RegExp(`${source}$`) }
}

function paramsOf(names: readonly string[], matched: RegExpExecArray): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, at) => [name, decoded(matched[at + 1] ?? '')]))
}

/** Undecodable text is taken as it is: it names nothing that exists. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
