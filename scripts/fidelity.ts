// `npm run fidelity`: writes docs/fidelity.md from its registry. With --check it writes nothing,
// and ends with code 1 where the page is stale.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registry } from '../test/conformance/fidelity/registry.ts'
import { render } from '../test/conformance/fidelity/render.ts'

const page = fileURLToPath(new URL('../docs/fidelity.md', import.meta.url))

const main = (args: readonly string[]): number => {
  const [option, ...more] = args
  if ((option !== undefined && option !== '--check') || more.length > 0) {
    process.stderr.write(`npm run fidelity takes --check or nothing, not ${args.join(' ')}.\n`)
    return 2
  }
  const text = render(registry)
  if (option === undefined) {
    mkdirSync(dirname(page), { recursive: true })
    writeFileSync(page, text)
    return 0
  }
  if (existsSync(page) && readFileSync(page, 'utf8') === text) return 0
  process.stderr.write('docs/fidelity.md is stale: run npm run fidelity and commit it.\n')
  return 1
}

process.exitCode = main(process.argv.slice(2))
