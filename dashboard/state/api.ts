/** Asks the admin API. What goes wrong is a `Failure` with the words of the API, so a page can show it as it is. */
import type { ProblemBody } from '../../src/admin/contract/problem.ts'

export class Failure extends Error {
  /** The problem's code, or `unreachable` when the service did not answer at all. */
  readonly code: ProblemBody['code'] | 'unreachable'

  constructor(code: Failure['code'], message: string) {
    super(message)
    this.code = code
  }
}

const PATIENCE_MS = 15_000

/** @throws Failure */
export async function ask<T>(
  path: string,
  change?: { readonly method: 'POST' | 'PUT' | 'DELETE'; readonly body?: unknown },
): Promise<T> {
  const response = await reach(path, change)
  if (response.ok) return (await response.json()) as T
  const problem = await problemOf(response)
  throw new Failure(
    problem?.code ?? 'internal-error',
    problem
      ? [
          problem.detail || problem.title,
          ...(problem.issues ?? []).map(({ path, message }) => `${path}: ${message}`),
        ].join(' · ')
      : `The service answered ${response.status} ${response.statusText}`,
  )
}

async function reach(path: string, change: Parameters<typeof ask>[1]): Promise<Response> {
  try {
    return await fetch(path, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: 'no-store',
      credentials: 'same-origin',
      ...(change && { method: change.method }),
      ...(change?.body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(change.body),
      }),
    })
  } catch (error) {
    const slow = error instanceof DOMException && error.name === 'TimeoutError'
    throw new Failure(
      'unreachable',
      slow ? `The service did not answer within ${PATIENCE_MS / 1000} s` : 'The service cannot be reached',
    )
  }
}

async function problemOf(response: Response): Promise<ProblemBody | undefined> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && 'code' in body ? (body as ProblemBody) : undefined
  } catch {
    // A proxy between may answer with a page of its own.
    return undefined
  }
}

export function failureOf(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('internal-error', String(error))
}

/** A path with its query; what is empty is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | null>>): string {
  const search = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : [])))
  return search.size === 0 ? path : `${path}?${search}`
}
