import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { accountConfigSchema, coordinatorConfigSchema } from '../src/options.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

t.test('the configuration in the README is one', async t => {
  const [, example = ''] = /```json\n(.*?)```/s.exec(readme) ?? []
  const config = coordinatorConfigSchema.parse(JSON.parse(example))
  t.match(config.accounts, [{ name: 'orders', policy: { probe: { database: 'shop' } } }])
})

t.test('the README names everything that a policy may ask', async t => {
  const rows = readme.split('\n').filter(line => line.startsWith('| `'))
  const first = rows.map(row => row.split('|')[1] ?? '').join()
  for (const name of Object.keys(accountConfigSchema.shape.policy.shape)) {
    t.ok(first.includes(`\`${name}\``), name)
  }
})

t.test('the README names every error that the coordinator answers or throws', async t => {
  const folder = join(import.meta.dirname, '../src')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !path.startsWith('azure'))
    .map(path => readFileSync(join(folder, path), 'utf8'))
  const codes = sources.flatMap(source =>
    [...source.matchAll(/(?:Refusal\(\d+, |readonly code = )'([A-Z_]+)'/g)].map(([, code]) => code),
  )
  t.ok(codes.length > 5, `${codes.length}`)
  for (const code of codes) t.match(readme, `\`${code}\``)
})
