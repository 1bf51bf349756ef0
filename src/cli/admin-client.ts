/**
 * The admin API, as the commands ask it: of a running service over HTTP, or of one that this program runs itself over the
 * configured Redis. Either way the same checks, the same dry runs and the same audit trail.
 */
import type { Method } from '../admin/contract/route.ts'
import type { ProblemBody, ProblemCode } from '../admin/contract/problem.ts'
import { CliError, ExitCode } from './exit-code.ts'

export interface AdminRequest {
  readonly method?: Method
  /** Below the mount: `api/overview`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
}

export interface AdminClient {
  /** @throws CliError with the problem's words */
  ask<T>(request: AdminRequest): Promise<T>
  /** The answer as text: what is not JSON. @throws CliError */
  text(request: AdminRequest): Promise<string>
  close(): Promise<void>
}

export type Send = (request: Request) => Promise<Response>

const EXIT_OF: Partial<Record<ProblemCode, ExitCode>> = {
  'bad-request': ExitCode.usage,
  'confirm-needed': ExitCode.refused,
  unauthenticated: ExitCode.refused,
  forbidden: ExitCode.refused,
  'cross-site': ExitCode.refused,
  'read-only': ExitCode.refused,
  hidden: ExitCode.refused,
  'other-environment': ExitCode.refused,
  'confirm-mismatch': ExitCode.refused,
  'redis-unavailable': ExitCode.unreachable,
}

/** @param base the URL of the mount, with a slash at its end */
export function createAdminClient(
  base: URL,
  send: Send,
  headers: Readonly<Record<string, string>>,
  close: () => Promise<void> = async () => undefined,
): AdminClient {
  const answer = async ({ method = 'GET', path, query = {}, body }: AdminRequest): Promise<Response> => {
    const url = new URL(path, base)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const request = new Request(url, {
      method,
      // What a page of the same origin would send; this program is no page that somebody else's could make ask.
      headers: {
        'sec-fetch-site': 'same-origin',
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    let response: Response
    try {
      response = await send(request)
    } catch (error) {
      throw new CliError(
        ExitCode.unreachable,
        `${base.href} cannot be reached: ${reasonOf(error)}`,
        'Is the service running, and is this the path where it mounts the admin API?',
        { cause: error },
      )
    }
    if (!response.ok) throw await problemOf(response)
    return response
  }
  return {
    async ask<T>(request: AdminRequest): Promise<T> {
      const response = await answer(request)
      if (!response.headers.get('content-type')?.includes('json'))
        throw new CliError(
          ExitCode.failure,
          `${base.href} does not answer as an admin API`,
          'Give the URL of the mount, such as http://localhost:3000/admin/',
        )
      return (await response.json()) as T
    },
    text: async (request) => (await answer(request)).text(),
    close,
  }
}

async function problemOf(response: Response): Promise<CliError> {
  const problem = (await response.json().catch(() => undefined)) as ProblemBody | undefined
  if (!problem?.code)
    return new CliError(ExitCode.failure, `The admin API answered ${response.status} ${response.statusText}`)
  const issues = problem.issues?.map(({ path, message }) => `${path}: ${message}`) ?? []
  return new CliError(
    EXIT_OF[problem.code] ?? ExitCode.failure,
    [problem.detail, ...issues].join('\n'),
    hintFor(problem.code),
  )
}

function hintFor(code: ProblemCode): string {
  if (code === 'unauthenticated') return 'Give --token, or the variable HOLDFAST_ADMIN_TOKEN'
  if (code === 'not-available') return 'The service was built without this part; with --url ask one that has it'
  return ''
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
