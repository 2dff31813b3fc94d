import { CosmosClient, PermissionMode } from '@azure/cosmos'
import t from 'tap'
import { openContainer, startSample } from './support.ts'

t.test('permissions: users with rights of their own on two containers, and no key', async t => {
  const { sim, database } = await startSample(t)
  const partitionKey = { paths: ['/kind'] }
  const one = await openContainer(database, { id: 'one', partitionKey })
  const two = await openContainer(database, { id: 'two', partitionKey })
  const { resource: item1 } = await one.items.create({ id: 'item1', kind: 'k', name: 'first' })
  await one.items.create({ id: 'item2', kind: 'k', name: 'second' })
  await two.items.create({ id: 'item3', kind: 'k', name: 'third' })
  const { user: first } = await database.users.create({ id: 'Thomas Andersen' })
  const { user: second } = await database.users.create({ id: 'Robin Wakefield' })

  const all = { id: 'all', permissionMode: PermissionMode.All, resource: one.url }
  const { resource: onOne } = await first.permissions.create(all)
  const read = { id: 'read', permissionMode: PermissionMode.Read, resource: two.url }
  const { resource: onTwo } = await first.permissions.create(read)
  const both = await first.permissions.readAll().fetchAll()
  t.equal(both.resources.length, 2)
  t.match(onOne, { id: 'all', permissionMode: /^all$/i, _token: /^type=resource&ver=1/ })

  const clientOf = (permissionFeed: readonly unknown[]) => {
    const client = new CosmosClient({
      endpoint: sim.endpoint,
      permissionFeed: permissionFeed as never,
    })
    t.teardown(() => client.dispose())
    return client.database('SampleDB')
  }
  const theirs = clientOf([onOne, onTwo])
  t.equal((await theirs.container('one').item('item1', 'k').read()).resource?.name, 'first')
  const changed = await theirs.container('one').items.upsert({ ...item1, name: 'changed' })
  t.equal(changed.statusCode, 200)
  t.equal((await theirs.container('two').item('item3', 'k').read()).resource?.name, 'third')
  await t.rejects(theirs.container('two').items.create({ id: 'no', kind: 'k' }), { code: 403 })

  const { resource: other } = await second.permissions.create(read)
  const hers = clientOf([other])
  await t.rejects(hers.container('one').item('item1', 'k').read())
  t.equal((await hers.container('two').item('item3', 'k').read()).statusCode, 200)

  await first.permission('all').delete()
  const late = await theirs.container('one').item('item1', 'k').read()
  t.equal(late.statusCode, 200, 'a token outlives its permission, until it expires')
  t.equal((await first.delete()).statusCode, 204)
})
