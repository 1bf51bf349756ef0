/** The emulator in a process of its own, so that what it costs is not taken for the service's: prints where it is. */
import { createEmulator } from '@holdfast/emulator'

const emulator = await createEmulator({ latencyMs: Number(process.argv[2] ?? 0), token: 'acceptance' })
process.stdout.write(`${emulator.url}\n`)
process.once('SIGTERM', () => void emulator.close().then(() => process.exit(0)))
