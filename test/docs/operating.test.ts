import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blockerCodes } from '@keyturn/core'
import t from 'tap'
import { entries } from '../../packages/cli/src/catalogue.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/operating.md'), 'utf8')
const [, ...sections] = page.split(/^### /m)
const runbook = new Map(
  sections.map(section => {
    const [title = '', ...text] = section.split('\n')
    return [title, text.join('\n').split(/^## /m)[0]?.trim() ?? '']
  }),
)

t.test('the runbook has an entry for every blocker, and none for anything else', async t => {
  const codes: readonly string[] = blockerCodes
  t.same(
    codes.filter(code => !runbook.has(code)),
    [],
    'missing',
  )
  t.same(
    [...runbook.keys()].filter(title => !codes.includes(title)),
    [],
    'of no blocker',
  )
  for (const [code, text] of runbook) t.ok(text.length > 25, code)
})

t.test('every command that it names exists', async t => {
  const named = [...page.matchAll(/\bkeyturn ([a-z]+)/g)].map(([, name]) => name)
  t.ok(named.length > 20)
  const known = entries.map(({ name }) => name)
  t.same(
    named.filter(name => name !== undefined && !known.includes(name)),
    [],
  )
})
