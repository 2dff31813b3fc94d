import { PermissionMode } from '@azure/cosmos'
import t from 'tap'
import { startCosmos } from './support/cosmos.ts'
import { raw, signed } from './support/raw.ts'

t.test('rid-based requests are signed over the last rid alone, in lower case', async t => {
  const { endpoint, keys, cosmos } = await startCosmos(t)
  const database = cosmos.catalogue.createDatabase({ id: 'd' }, undefined, Date.now())
  const container = cosmos.catalogue.createContainer(database, { id: 'c' }, undefined, Date.now())
  const document = container.store.put(['a'], { id: 'a' }, Date.now())
  const key = keys.get('primary')
  const feed = `/dbs/${database.rid}/colls/${container.rid}/docs`
  const list = signed(key, { type: 'docs', link: container.rid.toLowerCase() })
  t.equal((await raw(endpoint, { path: feed, headers: list })).status, 200)
  const item = signed(key, { type: 'docs', link: document.rid.toLowerCase() })
  const partition = { 'x-ms-documentdb-partitionkey': '["a"]' }
  const path = `${feed}/${document.rid}`
  const read = await raw(endpoint, { path, headers: { ...item, ...partition } })
  t.match(read.body, { id: 'a', _rid: document.rid })
  const whole = signed(key, { type: 'docs', link: feed.slice(1, -5) })
  t.equal((await raw(endpoint, { path: feed, headers: whole })).status, 401)
})

t.test('every kind of resource is served by its rid, signed alone and in lower case', async t => {
  const { endpoint, keys, client } = await startCosmos(t)
  const { database, resource: db } = await client().databases.create({ id: 'd', throughput: 400 })
  const { container, resource: coll } = await database.containers.create({
    id: 'c',
    partitionKey: { paths: ['/id'] },
    throughput: 400,
  })
  const { resource: doc } = await container.items.create({ id: 'a' })
  const { user, resource: ann } = await database.users.create({ id: 'ann' })
  const { resource: permission } = await user.permissions.create({
    id: 'p',
    permissionMode: PermissionMode.Read,
    // By rids as well: what the service itself answers as `_self`.
    resource: doc?._self ?? '',
    resourcePartitionKey: ['a'],
  })
  const offer = (await container.readOffer()).resource
  const key = keys.get('primary')
  const partition = { 'x-ms-documentdb-partitionkey': '["a"]' }
  const ask = (verb: string, path: string, type: string, rid: string, body?: string) => {
    const headers = { ...signed(key, { verb, type, link: rid.toLowerCase() }), ...partition }
    return raw(endpoint, { verb, path, headers, ...(body === undefined ? {} : { body }) })
  }
  for (const [type, it] of Object.entries({
    dbs: db,
    colls: coll,
    docs: doc,
    users: ann,
    permissions: permission,
    offers: offer,
  })) {
    const { _self: self = '', _rid: rid = '', id = '' } = it ?? {}
    t.match((await ask('GET', `/${self}`, type, rid)).body, { id, _rid: rid, _self: self }, type)
  }
  for (const [parent, type] of [
    [db, 'colls'],
    [db, 'users'],
    [coll, 'docs'],
    [coll, 'pkranges'],
    [ann, 'permissions'],
  ] as const) {
    const path = `/${parent?._self}${type}`
    t.match(
      (await ask('GET', path, type, parent?._rid ?? '')).body,
      { _rid: parent?._rid, _count: 1 },
      type,
    )
  }
  const self = `/${doc?._self}`
  t.equal((await ask('PUT', self, 'docs', doc?._rid ?? '', '{"id":"a","n":1}')).body['n'], 1)
  t.equal((await ask('DELETE', `/${ann?._self}`, 'users', ann?._rid ?? '')).status, 204)
})

t.test('names keep their case and are signed as they read, not as they are encoded', async t => {
  const { client, endpoint, keys } = await startCosmos(t)
  const { database } = await client().databases.create({ id: 'My Änderung' })
  const { container } = await database.containers.create({
    id: 'C+%',
    partitionKey: { paths: ['/id'] },
  })
  await container.items.create({ id: 'größe 1%' })
  t.match((await container.item('größe 1%', 'größe 1%').read()).resource, { id: 'größe 1%' })
  const link = 'dbs/my änderung'
  const wrongCase = signed(keys.get('primary'), { type: 'dbs', link })
  const path = `/${encodeURI('dbs/My Änderung')}`
  t.equal((await raw(endpoint, { path, headers: wrongCase })).status, 401)
})

t.test('an offer is signed over its id in lower case', async t => {
  const { client, endpoint, keys } = await startCosmos(t)
  const { database } = await client().databases.create({ id: 'd', throughput: 500 })
  const offer = (await database.readOffer()).resource
  const id = offer?.id ?? ''
  t.not(id, id.toLowerCase())
  const headers = signed(keys.get('primary'), { type: 'offers', link: id.toLowerCase() })
  const answer = await raw(endpoint, { path: `/offers/${id}`, headers })
  t.match(answer.body, { content: { offerThroughput: 500 } })
})
