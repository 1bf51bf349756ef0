import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A service with sessions, in a process of its own. */
export interface Served {
  readonly name: string
  readonly url: string
  /** Cookie headers of browsers that are logged in. */
  readonly cookies: readonly string[]
  stop(): void
}

export interface Loaded {
  readonly perSecond: number
  readonly total: number
}

const folder = import.meta.dirname
const NO_WARNINGS = ['--conditions=holdfast-source', '--no-warnings']

/** Starts a contender's service and logs so many browsers in. */
export async function serve(name: string, file: string, redisUrl: string, browsers: number): Promise<Served> {
  const child = fork(join(folder, 'servers', file), [name, redisUrl], {
    execArgv: NO_WARNINGS,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const { port } = await messageOf<{ readonly port: number }>(child)
  const url = `http://127.0.0.1:${port}`
  const cookies: string[] = []
  for (let browser = 0; browser < browsers; browser += 1) {
    const response = await fetch(`${url}/login`, { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })
    const cookie = response.headers.getSetCookie().at(-1)?.split(';')[0] ?? ''
    await response.arrayBuffer()
    await mustRead(`${url}/value`, cookie, name)
    cookies.push(cookie)
  }
  return { name, url, cookies, stop: () => void child.kill() }
}

/** The process that asks. */
export class Load implements Disposable {
  readonly #child = fork(join(folder, 'load.mjs'), [], { execArgv: NO_WARNINGS })

  /** @throws Error when a request was not answered with success: rates of failures say nothing */
  async run({ name, url, cookies }: Served, seconds: number, writes: boolean): Promise<Loaded> {
    const answer = messageOf<Loaded & { readonly failed: number; readonly error?: string }>(this.#child)
    this.#child.send({ url, cookies, seconds, writes })
    const { failed, error, ...loaded } = await answer
    if (failed !== 0) throw new Error(`${name}: ${failed} requests failed ${error ?? ''}`)
    return loaded
  }

  [Symbol.dispose](): void {
    this.#child.kill()
  }
}

async function messageOf<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'exit').then(() => {
    throw new Error(`a process of the benchmark ended: ${child.spawnargs.join(' ')}`)
  })
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [T]
  ended.catch(() => undefined)
  return message
}

/** Otherwise requests without a session would be measured. */
async function mustRead(url: string, cookie: string, name: string): Promise<void> {
  const response = await fetch(url, { headers: { cookie } })
  const { value } = (await response.json()) as { readonly value?: string }
  if (value === undefined) throw new Error(`${name}: its own cookie finds no session`)
}
