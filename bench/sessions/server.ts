/** One contender in a process of its own: `server.ts <name> <redis url>`. Tells its port, and its processor time when asked. */
import { contenders, type ContenderName } from './contenders.ts'

const [name = '', url = ''] = process.argv.slice(2)
const start = contenders[name as ContenderName]
const { port } = await start(url)
process.send?.({ port })
process.on('message', (message) => {
  if (message === 'usage') process.send?.({ usage: process.cpuUsage() })
})
process.on('disconnect', () => process.exit(0))
