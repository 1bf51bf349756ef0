import { createRedis } from 'holdfast'
import { privateRedis } from 'holdfast/testing'
const server = await privateRedis()
const r = createRedis({url: server.url}); await r.ready()
for (let j=0;j<150000;j++) await r.get('k')
await r.close(); await server.stop()
