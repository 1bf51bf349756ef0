// Preloaded with --import: prints, when the process ends, every module that was asked for and who asked for it.
import { registerHooks } from 'node:module'

const requests = []
registerHooks({
  resolve(specifier, context, nextResolve) {
    // Recorded before it is resolved: an attempt to load a library that is not installed counts too.
    requests.push({ specifier, from: context.parentURL ?? '' })
    return nextResolve(specifier, context)
  },
})
process.on('exit', () => process.stdout.write(JSON.stringify(requests)))
