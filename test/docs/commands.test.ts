import { readFileSync } from 'node:fs'
import t from 'tap'
import { commandsPart } from './support/commands-page.ts'

const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8')

t.test('docs/commands.md has each command and each of its flags, and nothing else', async t => {
  t.equal(page.slice(page.indexOf('\n## ') + 1), await commandsPart())
})
