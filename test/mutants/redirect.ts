import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Whoever imports `@keyturn/core` in this process gets the copy that the environment names. */
const core = process.env['KEYTURN_MUTATED_CORE']

if (core !== undefined) {
  const url = pathToFileURL(core).href
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@keyturn/core' ? { url, shortCircuit: true } : next(specifier, context),
  })
}
