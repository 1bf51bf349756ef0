/*
 * One primary, two replicas and three sentinels on loopback. Roles move between the servers, so a server is asked for by
 * the role that it has now, as the sentinels see it.
 */
import { obtainRedis, privateRedis, type PrivateRedis } from '../../src/testing/index.ts'
import { eventually } from './eventually.ts'
import { askBriefly, askRedis, fieldsOf } from './redis-admin.ts'
import { startSentinel, type SentinelProcess } from './sentinel-process.ts'

export interface SentinelTopologyOptions {
  /** How long a primary is silent before it counts as down, in ms. @default 1000 */
  readonly downAfterMs?: number
  /** Further arguments of the three servers. @default [] */
  readonly args?: readonly string[]
}

export interface SentinelTopology extends AsyncDisposable {
  readonly serviceName: string
  /** `redis+sentinel://…/service` */
  readonly url: string
  readonly servers: readonly PrivateRedis[]
  readonly sentinels: readonly SentinelProcess[]
  /** The server that the sentinels name. */
  primary(): Promise<PrivateRedis>
  replicas(): Promise<readonly PrivateRedis[]>
  /** Asks the sentinels to promote a replica, and resolves when they name it. */
  failover(): Promise<void>
  /** Resolves when all sentinels name another primary than `than`, and it has taken its role. */
  promoted(than: PrivateRedis): Promise<PrivateRedis>
  /** Resolves when the primary has both replicas and every sentinel knows all of it. */
  settled(): Promise<void>
  restartSentinels(): Promise<void>
  stop(): Promise<void>
}

const SERVICE = 'holdfast'
const QUORUM = 2
const SENTINELS = 3
const SERVER_ARGS = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1']

export async function startSentinelTopology({
  downAfterMs = 1000,
  args = [],
}: SentinelTopologyOptions = {}): Promise<SentinelTopology> {
  const binary = await obtainRedis()
  const servers: PrivateRedis[] = []
  const sentinels: SentinelProcess[] = []
  const stop = async (): Promise<void> => {
    // The sentinels first, or they begin a failover while the servers end.
    await Promise.all(sentinels.map((sentinel) => sentinel.stop()))
    await Promise.all(servers.map((server) => server.stop()))
  }
  try {
    const first = await privateRedis({ args: [...SERVER_ARGS, ...args] })
    servers.push(first)
    const replicaArgs = [...SERVER_ARGS, '--replicaof', first.host, String(first.port), ...args]
    servers.push(...(await Promise.all([privateRedis({ args: replicaArgs }), privateRedis({ args: replicaArgs })])))
    const lines = [
      `sentinel monitor ${SERVICE} ${first.host} ${first.port} ${QUORUM}`,
      `sentinel down-after-milliseconds ${SERVICE} ${downAfterMs}`,
      // An election that came to nothing is repeated after twice this time.
      `sentinel failover-timeout ${SERVICE} ${Math.max(2000, 2 * downAfterMs)}`,
      `sentinel parallel-syncs ${SERVICE} 2`,
    ]
    for (let index = 0; index < SENTINELS; index += 1) sentinels.push(await startSentinel(binary, lines))
    const topology = describe(servers, sentinels, stop)
    await topology.settled()
    return topology
  } catch (error) {
    await stop()
    throw error
  }
}

function describe(
  servers: readonly PrivateRedis[],
  sentinels: readonly SentinelProcess[],
  stop: () => Promise<void>,
): SentinelTopology {
  const byPort = (port: number): PrivateRedis => {
    const server = servers.find((one) => one.port === port)
    if (!server) throw new Error(`The sentinels name a server on port ${port}, which is none of this topology`)
    return server
  }
  const primary = async (): Promise<PrivateRedis> => {
    const answers = await Promise.allSettled(sentinels.map(namedBy))
    const ports = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    const [port] = ports
    // While they disagree there is no answer to give.
    if (port === undefined || ports.some((other) => other !== port))
      throw new Error('The sentinels name no one primary')
    return byPort(port)
  }
  const promoted: SentinelTopology['promoted'] = (than) =>
    eventually(
      async () => {
        const named = await primary()
        return named !== than && (await roleOf(named)) === 'master' ? named : undefined
      },
      // An election that came to nothing is repeated after twice the failover's timeout.
      { what: 'a promotion', withinMs: 60_000 },
    )
  return {
    serviceName: SERVICE,
    url: `redis+sentinel://${sentinels.map(({ host, port }) => `${host}:${port}`).join(',')}/${SERVICE}`,
    servers,
    sentinels,
    primary,
    async replicas() {
      const named = await primary()
      return servers.filter((server) => server !== named)
    },
    async failover() {
      const before = await primary()
      const [first] = sentinels
      await eventually(() => first?.call('SENTINEL', 'FAILOVER', SERVICE) ?? Promise.resolve(undefined), {
        what: 'a failover that was asked for',
      })
      await promoted(before)
    },
    promoted,
    settled: () => settled(sentinels, primary),
    async restartSentinels() {
      await Promise.all(sentinels.map((sentinel) => sentinel.restart()))
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function namedBy(sentinel: SentinelProcess): Promise<number> {
  const address = await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', SERVICE)
  return Number(Array.isArray(address) ? address[1] : undefined)
}

async function roleOf({ port }: PrivateRedis): Promise<unknown> {
  const role = await askBriefly(port, 'ROLE')
  return Array.isArray(role) ? role[0] : undefined
}

async function settled(sentinels: readonly SentinelProcess[], primary: () => Promise<PrivateRedis>): Promise<void> {
  await eventually(
    async () => {
      const { port } = await primary()
      const replication = fieldsOf(String(await askRedis(port, 'INFO', 'replication')))
      const online = [...replication.values()].filter((value) => value.includes('state=online')).length
      const known = await Promise.all(sentinels.map(isComplete))
      return online === 2 && known.every(Boolean) ? true : undefined
    },
    { what: 'a primary with two replicas, known to three sentinels', withinMs: 60_000 },
  )
}

async function isComplete(sentinel: SentinelProcess): Promise<boolean> {
  const flat = await sentinel.call('SENTINEL', 'MASTER', SERVICE)
  const [...texts] = Array.isArray(flat) ? flat.map(String) : []
  const field = (name: string): string | undefined => texts[texts.indexOf(name) + 1]
  return (
    field('flags') === 'master' && field('num-slaves') === '2' && field('num-other-sentinels') === String(SENTINELS - 1)
  )
}
