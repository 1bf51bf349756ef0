/** One contender in a process of its own: `child.mjs <name> <redis url>`; does what it is told, and says the figure. */
import { contenders } from './contenders.mjs'
import { fill } from './documents.mjs'
import { outage, outageP99 } from './outage.mjs'
import { serve } from './serve.mjs'
import { workloads } from './workloads.mjs'

const [name = '', url = ''] = process.argv.slice(2)
const contender = await contenders[name](url)
process.on('message', (told) => void answer(told))
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })

async function answer({ workload, options }) {
  const run = { fill, serve, outage, outageP99, ...workloads }[workload]
  process.send?.({ figure: (await run(contender, options)) ?? 0 })
}
