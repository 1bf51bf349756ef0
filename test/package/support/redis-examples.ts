/**
 * The files of examples/redis as somebody deploys them: passwords.sh has filled in a copy, and servers run on it. Only what
 * differs from machine to machine is overruled on their command line: ports, paths and addresses.
 */
import { spawn, execFile } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { freePort } from '../../../src/testing/free-port.ts'
import { obtainRedis, privateRedis, type PrivateRedis } from '../../../src/testing/index.ts'
import { root, temporaryFolder, type Folder } from './clone.ts'

const execute = promisify(execFile)

export const examples = join(root, 'examples', 'redis')

export type Account = 'holdfast' | 'replica' | 'watcher' | 'operator' | 'sentinels'

/** A copy of the examples with passwords made by passwords.sh. */
export interface Deployment extends Folder {
  readonly passwords: Readonly<Record<Account, string>>
}

export async function deployment(): Promise<Deployment> {
  const folder = await temporaryFolder()
  await cp(examples, folder.path, { recursive: true })
  await execute('sh', ['passwords.sh'], { cwd: folder.path })
  const read = async (account: Account): Promise<[Account, string]> => [
    account,
    await readFile(join(folder.path, 'secrets', `${account}.password`), 'utf8'),
  ]
  const accounts: Account[] = ['holdfast', 'replica', 'watcher', 'operator', 'sentinels']
  const passwords = Object.fromEntries(await Promise.all(accounts.map(read))) as Record<Account, string>
  return { ...folder, passwords }
}

/**
 * A server with redis.conf, or with a file that includes it. Redis reads its command line like a file, so `include` puts
 * the example after what our own tests set and before what they must overrule.
 */
export async function serve(
  { path }: Folder,
  { file = 'redis.conf', args = [] }: { readonly file?: string; readonly args?: readonly string[] } = {},
): Promise<PrivateRedis> {
  const secrets = join(path, 'secrets')
  const port = await freePort()
  const text = (await readFile(join(file === 'redis.conf' ? secrets : path, file), 'utf8')).replaceAll(
    '/etc/redis',
    secrets,
  )
  const local = join(secrets, `local-${port}.conf`)
  await writeFile(local, text)
  return privateRedis({
    port,
    args: [
      ['--include', local],
      ['--aclfile', join(secrets, 'users.acl')],
      ['--bind', '127.0.0.1'],
      ['--port', String(port)],
      args,
    ].flat(),
  })
}

export interface Sentinel extends AsyncDisposable {
  readonly port: number
}

/** A sentinel with sentinel.conf, watching the primary at `primaryPort`. */
export async function watch({ path }: Folder, primaryPort: number): Promise<Sentinel> {
  const port = await freePort()
  const binary = await obtainRedis()
  const file = join(path, 'secrets', `sentinel-${port}.conf`)
  const text = await readFile(join(path, 'secrets', 'sentinel.conf'), 'utf8')
  await writeFile(
    file,
    text
      .replace('port 26379', `port ${port}\nbind 127.0.0.1`)
      .replace('dir /data', `dir ${path}`)
      .replace('mymaster redis-1 6379', `mymaster 127.0.0.1 ${primaryPort}`),
  )
  // The shell ends the sentinel when our end of its input is closed, which the kernel does however we end.
  const script = '"$0" "$1" --sentinel & child=$!; read -r _; kill -KILL $child'
  const shell = spawn('/bin/sh', ['-c', script, binary.path, file], {
    env: { ...process.env, ...binary.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  for await (const chunk of shell.stdout.iterator({ destroyOnReturn: false })) {
    output += String(chunk)
    if (output.includes('+monitor master')) break
  }
  if (!output.includes('+monitor master')) throw new Error(`The sentinel did not start:\n${output}`)
  shell.stdout.resume()
  return {
    port,
    async [Symbol.asyncDispose]() {
      shell.stdin.end()
      await once(shell, 'exit')
    },
  }
}
