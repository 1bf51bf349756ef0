import { privateRedis } from '../../../src/testing/index.ts'

// A program of its own for the tests of what happens to a private Redis when the program that started it ends.
const server = await privateRedis()
process.stdout.write(`${JSON.stringify({ host: server.host, port: server.port, folder: server.folder })}\n`)

switch (process.argv[2]) {
  case 'wait':
    process.stdin.resume()
    setInterval(() => undefined, 60_000)
    break
  case 'kill':
    server.signal('SIGKILL')
    await server.exited
    process.stdout.write('ended\n')
    await server.stop()
    break
  default:
    break
}
