import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { apiReport, reported } from '../../scripts/building/api-report.ts'
import { outsideFolder } from '../support/process/outside.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

t.test('the public surface of the client is the one that was reviewed', async t => {
  const { text, complaints } = apiReport(root, outsideFolder(t))
  t.strictSame(complaints, [], 'every export has a docstring and can be named')
  const committed = readFileSync(join(root, reported.file), 'utf8')
  t.equal(text, committed, 'where it changes on purpose: npm run api, and review the difference')
})
