import { createRedis } from 'holdfast'
import { privateRedis } from 'holdfast/testing'
import { Redis as Client } from 'ioredis'
const server = await privateRedis()
const r = createRedis({url: server.url}); await r.ready()
const c = new Client(server.port); await c.ping()
await c.set('k', Buffer.alloc(1024))
for (let i=0;i<6;i++) for (const [n,g] of [['plain',(k:string)=>c.getBuffer(k)],['hf',(k:string)=>r.get(k)]] as const) {
  const cpu=process.cpuUsage(), t=performance.now()
  for (let j=0;j<10000;j++) await g('k')
  const u=process.cpuUsage(cpu)
  console.log(n, ((performance.now()-t)/10).toFixed(1)+'µs wall', ((u.user)/10000).toFixed(1), ((u.system)/10000).toFixed(1)+' cpu µs')
}
await r.close(); c.disconnect(); await server.stop()
