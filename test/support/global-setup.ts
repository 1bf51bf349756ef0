import { obtainRedis } from '../../src/testing/index.ts'

/** Obtains the server program before the first worker starts, so that no test's time goes into a download. */
export async function setup(): Promise<void> {
  await obtainRedis({ onProgress: (line) => process.stderr.write(`${line}\n`) })
}
