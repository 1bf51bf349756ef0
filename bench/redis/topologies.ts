import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

import { privateRedis, type PrivateRedis, type RedisBinary } from 'holdfast/testing'
import { Redis as Client } from 'ioredis'

import type { Place } from './contenders.ts'

const HOST = '127.0.0.1'
const SERVICE = 'bench'
const MAX_MEMORY = '256mb'

/** Servers on loopback that end with this process. */
export interface Topology extends AsyncDisposable {
  readonly name: 'standalone' | 'sentinel'
  readonly place: Place
  readonly primary: PrivateRedis
}

export async function standalone(): Promise<Topology> {
  const primary = await privateRedis({ maxMemory: MAX_MEMORY })
  return {
    name: 'standalone',
    primary,
    place: { holdfast: { url: primary.url }, ioredis: { host: HOST, port: primary.port } },
    [Symbol.asyncDispose]: () => primary.stop(),
  }
}

/** One primary and one sentinel that names it: what a command takes, not what a failover does. */
export async function withSentinel(binary: RedisBinary): Promise<Topology> {
  const primary = await privateRedis({ maxMemory: MAX_MEMORY })
  const port = await freePort()
  const file = join(primary.folder, 'sentinel.conf')
  await writeFile(
    file,
    [`bind ${HOST}`, `port ${port}`, `sentinel monitor ${SERVICE} ${HOST} ${primary.port} 1`, ''].join('\n'),
  )
  // The shell ends the sentinel when our end of its input is closed, which the kernel does however we end.
  const script = '"$0" "$1" --sentinel & child=$!; read -r _; kill -KILL $child'
  const shell = spawn('/bin/sh', ['-c', script, binary.path, file], {
    env: { ...process.env, ...binary.env },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const place: Place = {
    holdfast: { sentinel: { serviceName: SERVICE, sentinels: [{ host: HOST, port }] } },
    ioredis: { name: SERVICE, sentinels: [{ host: HOST, port }] },
  }
  await answers(place)
  return {
    name: 'sentinel',
    primary,
    place,
    async [Symbol.asyncDispose]() {
      shell.stdin.end()
      await once(shell, 'exit')
      await primary.stop()
    },
  }
}

/** Resolves when the sentinel names the primary; the client asks again until then. */
async function answers(place: Place): Promise<void> {
  const client = new Client({ ...place.ioredis, lazyConnect: true, maxRetriesPerRequest: null })
  // It connects again by itself.
  client.on('error', () => undefined)
  await client.ping()
  client.disconnect()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
