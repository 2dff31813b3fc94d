// `npm run api`: writes anew the report of the public surface of @keyturn/cosmos, for review.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apiReport, reported } from './building/api-report.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'keyturn-api-'))
try {
  const { text, complaints } = apiReport(root, work)
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`)
  if (complaints.length > 0) process.exitCode = 1
  else writeFileSync(join(root, reported.file), text)
} finally {
  rmSync(work, { recursive: true })
}
