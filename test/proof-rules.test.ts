import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const rules = ['9a', ...Array.from({ length: 18 }, (_, index) => `${index + 1}`)]
  .map(number => `P${number}`)
  .sort()

interface Row {
  readonly rule: string
  readonly file: string
  readonly title: string
}

const rows: readonly Row[] = read('docs/proof-rules.md')
  .split('\n')
  .filter(line => line.startsWith('| P'))
  .map(line => {
    const [rule = '', file = '', title = ''] = line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim().replace(/^`(.*)`$/, '$1'))
    return { rule, file, title }
  })

t.test('every rule of the protocol has a test that holds it', async t => {
  t.same([...new Set(rows.map(({ rule }) => rule))].sort(), rules)
})

t.test('every test that the table names is there', async t => {
  for (const { rule, file, title } of rows) {
    const isThere = existsSync(new URL(file, root)) && read(file).includes(`'${title}'`)
    t.ok(isThere, `${rule}: ${file}: ${title}`)
  }
})
