// Preloaded into a sidecar that is not measured: writes down which libraries our own code imports.

import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const seen = new Set()
const ofLibrary = /\/node_modules\/(?:@[^/]+\/)?[^/@][^/]*\//

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    const isOurs = context.parentURL !== undefined && !ofLibrary.test(context.parentURL)
    if (isOurs && ofLibrary.test(resolved.url) && !seen.has(specifier)) {
      seen.add(specifier)
      writeFileSync(process.env.KEYTURN_LIBRARIES ?? '/dev/null', JSON.stringify([...seen]))
    }
    return resolved
  },
})
