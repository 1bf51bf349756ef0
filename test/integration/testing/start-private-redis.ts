import { privateRedis } from '../../../src/testing/index.ts'

// A program of its own for the tests of what happens to a private Redis when the program that started it ends.
const server = await privateRedis()
process.stdout.write(`${JSON.stringify({ host: server.host, port: server.port, folder: server.folder })}\n`)

switch (process.argv[2]) {
  case 'wait':
    process.stdin.resume()
    setInterval(() => undefined, 60_000)
    break
  case 'stop':
    await server.stop()
    process.stdout.write('stopped\n')
    break
  default:
    break
}
