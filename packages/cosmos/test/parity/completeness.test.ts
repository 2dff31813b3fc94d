import t from 'tap'
import { classesLeftOut, membersLeftOut } from './exclusions.ts'
import { membersOf, surfaces } from './surface.ts'
import { table } from './table.ts'

const all = surfaces()
const members = membersOf(all)
const rows = new Set(table.map(({ call }) => call))

for (const { name, members } of all) {
  if (name in classesLeftOut) continue
  t.test(`every member of ${name} is called, or left out for a reason`, async t => {
    const missing = members
      .map(member => `${name}.${member}`)
      .filter(member => !rows.has(member) && !(member in membersLeftOut))
    t.strictSame(missing, [])
  })
}

t.test('what is left out exists, and is in no row', async t => {
  const classes = new Set(all.map(({ name }) => name))
  t.strictSame(
    Object.keys(classesLeftOut).filter(name => !classes.has(name)),
    [],
  )
  t.strictSame(
    Object.keys(membersLeftOut).filter(member => !members.has(member) || rows.has(member)),
    [],
  )
})

t.test('every row names a member of the SDK', async t => {
  t.strictSame(
    [...rows].filter(call => !members.has(call)),
    [],
  )
})

t.test('the walk sees the SDK’s clients', async t => {
  const names = new Set(all.map(({ name }) => name))
  const clients = ['CosmosClient', 'Database', 'Container', 'Items', 'Item', 'Scripts', 'Offer']
  for (const each of [...clients, 'QueryIterator', 'ChangeFeedIterator'])
    t.ok(names.has(each), each)
})
