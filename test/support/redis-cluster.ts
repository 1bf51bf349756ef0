/*
 * Three primaries and three replicas on loopback, put together by commands. Roles move between the nodes, so a node is
 * asked for by the slot that it serves now.
 */
import { freePort } from '../../src/testing/free-port.ts'
import { privateRedis, RedisStartError, type PrivateRedis } from '../../src/testing/index.ts'
import { eventually } from './eventually.ts'
import { askBriefly, askRedis } from './redis-admin.ts'

export interface ClusterTopologyOptions {
  /** How long a node is silent before it counts as failed, in ms. @default 2000 */
  readonly nodeTimeoutMs?: number
  /** Further arguments of all nodes. @default [] */
  readonly args?: readonly string[]
}

/** A slot on its way from one primary to another. */
export interface SlotMove {
  readonly from: ClusterNode
  readonly to: ClusterNode
  /** Carries one key over: from now on it is answered there, by an ASK here. */
  carry(key: string): Promise<void>
  /** Gives the slot to its new primary: from now on it is answered there, by a MOVED here. */
  finish(): Promise<void>
}

export interface ClusterNode {
  readonly server: PrivateRedis
  readonly id: string
}

export interface ClusterTopology extends AsyncDisposable {
  readonly nodes: readonly ClusterNode[]
  readonly addresses: readonly { readonly host: string; readonly port: number }[]
  slotOf(key: string): Promise<number>
  /** The primary that serves a key's slot, as a majority of the nodes sees it. */
  primaryOf(key: string): Promise<ClusterNode>
  primaries(): Promise<readonly ClusterNode[]>
  /** Resolves when another primary than `than` serves the key's slot. */
  promoted(key: string, than: ClusterNode): Promise<ClusterNode>
  /** Begins to move a key's slot to another primary. */
  move(key: string): Promise<SlotMove>
  /** Resolves when every running node sees all slots served, each by a primary with a replica. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const SLOTS = 16_384
const PRIMARIES = 3
const ATTEMPTS = 5

export async function startClusterTopology({
  nodeTimeoutMs = 2000,
  args = [],
}: ClusterTopologyOptions = {}): Promise<ClusterTopology> {
  const servers: PrivateRedis[] = []
  const stop = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.stop())))
  try {
    for (let index = 0; index < 2 * PRIMARIES; index += 1) servers.push(await startNode(nodeTimeoutMs, args))
    const nodes = await Promise.all(
      servers.map(async (server) => ({ server, id: String(await askRedis(server.port, 'CLUSTER', 'MYID')) })),
    )
    await join(nodes)
    const topology = describe(nodes, stop)
    await topology.settled()
    return topology
  } catch (error) {
    await stop()
    throw error
  }
}

async function startNode(nodeTimeoutMs: number, args: readonly string[]): Promise<PrivateRedis> {
  for (let attempt = 1; ; attempt += 1) {
    // The default, ten thousand above the port, may be no port at all.
    const busArgs = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())]
    const timing = ['--cluster-node-timeout', String(nodeTimeoutMs), '--repl-diskless-sync-delay', '0']
    try {
      return await privateRedis({ args: [...busArgs, ...timing, ...args] })
    } catch (error) {
      if (!(error instanceof RedisStartError) || attempt === ATTEMPTS) throw error
    }
  }
}

async function join(nodes: readonly ClusterNode[]): Promise<void> {
  const primaries = nodes.slice(0, PRIMARIES)
  const ask = ({ server }: ClusterNode, ...command: readonly (string | number)[]) => askRedis(server.port, ...command)
  for (const [index, node] of nodes.entries()) {
    // Distinct from the start, or primaries that find the same epoch settle it later, in the middle of a test.
    await ask(node, 'CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
    if (index >= PRIMARIES) continue
    const [from, to] = [index, index + 1].map((at) => Math.floor((at * SLOTS) / PRIMARIES)) as [number, number]
    await ask(node, 'CLUSTER', 'ADDSLOTSRANGE', from, to - 1)
  }
  const [first, ...others] = nodes
  if (!first) return
  for (const { server } of others) {
    const [, bus] = String(await askRedis(server.port, 'CONFIG', 'GET', 'cluster-port')).split(',')
    await ask(first, 'CLUSTER', 'MEET', server.host, server.port, bus ?? 0)
  }
  await Promise.all(
    nodes.slice(PRIMARIES).map((replica, index) =>
      // Refused until the replica has heard of its primary.
      eventually(() => ask(replica, 'CLUSTER', 'REPLICATE', primaries[index]?.id ?? ''), {
        what: 'a replica that knows its primary',
      }),
    ),
  )
}

/** What one node believes of another, or of itself. */
interface Seen {
  readonly id: string
  readonly isPrimary: boolean
  readonly isFailing: boolean
  readonly primaryId: string
  readonly slots: readonly (readonly [from: number, to: number])[]
}

async function view({ server }: ClusterNode): Promise<readonly Seen[]> {
  const lines = String(await askBriefly(server.port, 'CLUSTER', 'NODES'))
    .trim()
    .split('\n')
  return lines.map((line) => {
    const [id = '', , flags = '', primaryId = '', , , , , ...slots] = line.split(' ')
    const ranges = slots
      .filter((slot) => !slot.startsWith('['))
      .map((range) => range.split('-').map(Number))
      .map(([from = 0, to = from]) => [from, to] as const)
    return { id, isPrimary: flags.includes('master'), isFailing: /fail/.test(flags), primaryId, slots: ranges }
  })
}

function describe(nodes: readonly ClusterNode[], stop: () => Promise<void>): ClusterTopology {
  const node = (id: string): ClusterNode => {
    const found = nodes.find((one) => one.id === id)
    if (!found) throw new Error(`No node of this cluster has the id ${id}`)
    return found
  }
  const views = async (): Promise<readonly (readonly Seen[])[]> => {
    const answers = await Promise.allSettled(nodes.map(view))
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  }
  // Of whichever node answers first: some may be down.
  const slotOf: ClusterTopology['slotOf'] = async (key) =>
    Number(await Promise.any(nodes.map(({ server }) => askRedis(server.port, 'CLUSTER', 'KEYSLOT', key))))
  const primaries = async (): Promise<readonly ClusterNode[]> => {
    const [seen = []] = await views()
    return seen
      .filter(({ isPrimary, slots, isFailing }) => isPrimary && !isFailing && slots.length > 0)
      .map(({ id }) => node(id))
  }
  const primaryOf: ClusterTopology['primaryOf'] = async (key) => {
    const slot = await slotOf(key)
    const agreed = async (): Promise<ClusterNode | undefined> => {
      const owners = (await views()).map((seen) => ownerOf(seen, slot))
      const owner = owners.find((id) => owners.filter((other) => other === id).length > owners.length / 2)
      return owner === undefined ? undefined : node(owner)
    }
    return eventually(agreed, { what: `a primary of slot ${slot} that the nodes agree on` })
  }
  return {
    nodes,
    addresses: nodes.map(({ server: { host, port } }) => ({ host, port })),
    slotOf,
    primaryOf,
    primaries,
    promoted: (key, than) =>
      eventually(
        async () => {
          const owner = await primaryOf(key)
          return owner.id === than.id ? undefined : owner
        },
        { what: 'a promotion' },
      ),
    async move(key) {
      const from = await primaryOf(key)
      const to = (await primaries()).find(({ id }) => id !== from.id) ?? from
      return beginMove(await slotOf(key), from, to, await primaries())
    },
    async settled() {
      await eventually(async () => ((await Promise.all(nodes.map(isWhole))).every(Boolean) ? true : undefined), {
        what: 'a cluster that is whole',
      })
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function ownerOf(seen: readonly Seen[], slot: number): string | undefined {
  return seen.find(({ slots }) => slots.some(([from, to]) => from <= slot && slot <= to))?.id
}

async function isWhole(node: ClusterNode): Promise<boolean> {
  const [seen, info] = await Promise.all([view(node), askRedis(node.server.port, 'CLUSTER', 'INFO')])
  const healthy = seen.filter(({ isFailing }) => !isFailing)
  const serving = healthy.filter(({ isPrimary, slots }) => isPrimary && slots.length > 0)
  const served = serving.flatMap(({ slots }) => slots).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  const isServing = String(info).includes('cluster_state:ok')
  return isServing && served === SLOTS && serving.every(({ id }) => healthy.some(({ primaryId }) => primaryId === id))
}

async function beginMove(
  slot: number,
  from: ClusterNode,
  to: ClusterNode,
  primaries: readonly ClusterNode[],
): Promise<SlotMove> {
  await askRedis(to.server.port, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id)
  await askRedis(from.server.port, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id)
  return {
    from,
    to,
    async carry(key) {
      await askRedis(from.server.port, 'MIGRATE', to.server.host, to.server.port, key, 0, 2000)
    },
    async finish() {
      const keys = (await askRedis(from.server.port, 'CLUSTER', 'GETKEYSINSLOT', slot, 1000)) as readonly string[]
      for (const key of keys) await askRedis(from.server.port, 'MIGRATE', to.server.host, to.server.port, key, 0, 2000)
      // The new one first, or for a moment nobody serves the slot.
      for (const { server } of [to, from, ...primaries]) {
        await askRedis(server.port, 'CLUSTER', 'SETSLOT', slot, 'NODE', to.id)
      }
    },
  }
}
