// `npm run build`: emits every package's dist, for publishing. Nothing here needs it to run.

import { fileURLToPath } from 'node:url'
import { buildPackage, CannotBuild } from './building/build-package.ts'
import { buildOrder } from './building/order.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

try {
  for (const { folder, name } of buildOrder(root)) {
    const began = performance.now()
    const formats = buildPackage(root, folder)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    process.stdout.write(`✔ ${name}  ${formats.join(', ')}, ${seconds} s\n`)
  }
} catch (error) {
  if (!(error instanceof CannotBuild)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
