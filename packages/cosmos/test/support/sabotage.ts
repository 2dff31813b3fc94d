import { registerHooks } from 'node:module'
import { sabotages } from './sabotages.ts'

/** Sources in this process read as the sabotage that the environment names has left them. */
const name = process.env['KEYTURN_SABOTAGE']
const sabotage = sabotages.find(each => each.name === name)
if (name !== undefined && sabotage === undefined) throw new Error(`No sabotage is called: ${name}.`)

if (sabotage !== undefined) {
  const { file, find, replace } = sabotage
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      if (!url.endsWith(file)) return loaded
      const parts = String(loaded.source).split(find)
      if (parts.length !== 2) {
        throw new Error(`${name}: ${file} holds it ${parts.length - 1} times, not once.`)
      }
      return { ...loaded, source: parts.join(replace) }
    },
  })
}
