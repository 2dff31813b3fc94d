import { readFileSync } from 'node:fs'
import t from 'tap'
import { exitCodes } from '../src/exit-codes.ts'

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')

t.test('the README’s table of exit codes is the command’s own', async t => {
  const [, table = ''] = readme.split('| exit code | |\n|---|---|\n')
  const rows = table.split('\n\n', 1)[0]?.split('\n') ?? []
  t.same(
    rows,
    Object.values(exitCodes).map(([code, says]) => `| ${code} | ${says} |`),
  )
})
