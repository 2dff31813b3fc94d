import { readFileSync } from 'node:fs'
import { roles } from '@keyturn/protocol'
import t from 'tap'
import { accessSchema } from '../src/access/options.ts'
import { accountConfigSchema, coordinatorConfigSchema } from '../src/options.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

t.test('the configuration in the README is one', async t => {
  const [config, access] = [...readme.matchAll(/```json\n(.*?)```/gs)].map(
    ([, text = '']) => JSON.parse(text) as object,
  )
  const whole = coordinatorConfigSchema.parse({ ...config, ...access })
  t.match(whole.accounts, [{ name: 'orders', policy: { probe: { database: 'shop' } } }])
  t.equal(whole.access.issuers.length, 2)
})

t.test('the README names everything that a policy may ask', async t => {
  const rows = readme.split('\n').filter(line => line.startsWith('| `'))
  const first = rows.map(row => row.split('|')[1] ?? '').join()
  for (const name of Object.keys(accountConfigSchema.shape.policy.shape)) {
    t.ok(first.includes(`\`${name}\``), name)
  }
})

t.test('the README names everything that says who may ask', async t => {
  for (const name of [...Object.keys(accessSchema.shape), ...roles, 'people', 'members']) {
    t.match(readme, new RegExp(`^\\| \`${name}\` \\|`, 'm'), name)
  }
})
