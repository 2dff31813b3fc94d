import { readFileSync } from 'node:fs'
import { roles } from '@keyturn/protocol'
import t from 'tap'
import { accessSchema, listenSchema } from '../src/access/options.ts'
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

/** What the first column of a section's table names. */
const namedIn = (section: string): readonly string[] =>
  (readme.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, name = '']) => name)

t.test('the README has each field of the file, and no other', t => {
  const { accounts: _, listen: __, ...top } = coordinatorConfigSchema.shape
  t.same(
    [...namedIn('The file')].sort(),
    [
      ...Object.keys(top),
      ...Object.keys(listenSchema.shape).map(name => `listen.${name}`),
      ...Object.keys(accountConfigSchema.shape).map(name => `accounts.${name}`),
    ].sort(),
  )
  const policy = Object.keys(accountConfigSchema.shape.policy.shape)
  t.same([...namedIn('The policy of an account')].sort(), policy.sort())
  t.end()
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
