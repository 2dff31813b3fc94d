// `npm run clean`: removes what a build or a test run leaves, never what was installed.

import { globSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
for (const path of globSync(['packages/*/dist', '.tap/test-results'], { cwd: root }))
  rmSync(new URL(`../${path}`, import.meta.url), { recursive: true })
