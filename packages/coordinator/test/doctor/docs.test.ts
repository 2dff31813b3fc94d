import { readFileSync } from 'node:fs'
import t from 'tap'
import { findingCodes } from '../../src/doctor/finding.ts'

const page = readFileSync(new URL('../../../../docs/doctor.md', import.meta.url), 'utf8')

t.test('docs/doctor.md has an entry for every code of the doctor, and for no other', async t => {
  const [, table = ''] = page.split('## Codes')
  const entries = [...table.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \|$/gm)]
  t.same(
    entries.map(([, code]) => code),
    [...findingCodes],
    'in the same order',
  )
  for (const [, code = '', what = '', todo = ''] of entries) {
    t.ok(what.trim().length > 10 && todo.trim().length > 3, code)
  }
})
