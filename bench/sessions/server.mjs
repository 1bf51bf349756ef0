/** One contender in a process of its own: `server.ts <name> <redis url>`. Tells its port, and its processor time when asked. */
import { contenders } from './contenders.mjs'

const [name = '', url = ''] = process.argv.slice(2)
const start = contenders[name]
const { port } = await start(url)
process.send?.({ port })
process.on('message', (message) => {
  if (message === 'usage') process.send?.({ usage: process.cpuUsage() })
})
process.on('disconnect', () => process.exit(0))
