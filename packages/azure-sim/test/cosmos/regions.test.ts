import t from 'tap'
import { startCosmos } from './support/cosmos.ts'
import { raw, signed } from './support/raw.ts'

t.test('the account read names each region with its own endpoint', async t => {
  const { client, regions } = await startCosmos(t)
  const { resource } = await client().getDatabaseAccount()
  const [west, east] = regions
  t.same(resource?.writableLocations, [
    { name: 'West US', databaseAccountEndpoint: west?.endpoint },
  ])
  t.same(resource?.readableLocations, [
    { name: 'West US', databaseAccountEndpoint: west?.endpoint },
    { name: 'East US', databaseAccountEndpoint: east?.endpoint },
  ])
  t.equal(resource?.consistencyPolicy, 'Session')
  t.equal(resource?.enableMultipleWritableLocations, false)
})

t.test('requests go to the regions that the account names, not to the endpoint given', async t => {
  const { client, records } = await startCosmos(t)
  const reader = client('primary', { connectionPolicy: { preferredLocations: ['East US'] } })
  await reader.databases.create({ id: 'd' })
  await reader.database('d').read()
  const served = records.map(({ region, verb, resourceType }) => [region, verb, resourceType])
  t.same(served, [
    ['West US', 'GET', ''],
    ['West US', 'POST', 'dbs'],
    ['East US', 'GET', 'dbs'],
  ])
})

t.test('a write to a region that only reads is forbidden with substatus 3', async t => {
  const { regions, keys } = await startCosmos(t)
  const headers = signed(keys.get('primary'), { verb: 'POST', type: 'dbs', link: '' })
  const request = { verb: 'POST', path: '/dbs', headers, body: '{"id":"d"}' }
  const answer = await raw(regions[1]?.endpoint ?? '', request)
  t.equal(answer.status, 403)
  t.equal(answer.headers['x-ms-substatus'], '3')
  t.match(answer.body, {
    code: 'Forbidden',
    message: 'The requested operation cannot be performed at this region',
  })
})

t.test('the SDK follows the write region when it moves', async t => {
  const { client, regions, records } = await startCosmos(t)
  const writer = client()
  await writer.databases.create({ id: 'before' })
  for (const [at, region] of regions.entries()) {
    regions[at] = { ...region, writable: region.name === 'East US' }
  }
  await writer.databases.create({ id: 'after' })
  const writes = records.filter(({ verb }) => verb === 'POST')
  t.same(
    writes.map(({ region, status }) => [region, status]),
    [
      ['West US', 201],
      ['West US', 403],
      ['East US', 201],
    ],
  )
})

t.test('every region reads what was written in any', async t => {
  const { client } = await startCosmos(t)
  const { database } = await client().databases.create({ id: 'd' })
  const { container } = await database.containers.create({
    id: 'c',
    partitionKey: { paths: ['/id'] },
  })
  await container.items.create({ id: 'a' })
  const far = client('secondary', { connectionPolicy: { preferredLocations: ['East US'] } })
  const read = await far.database('d').container('c').item('a', 'a').read()
  t.equal(read.resource?.id, 'a')
})

t.test('keys may be forbidden to change metadata, and still write documents', async t => {
  const { client, settings } = await startCosmos(t)
  const { database } = await client().databases.create({ id: 'd' })
  const { container } = await database.containers.create({
    id: 'c',
    partitionKey: { paths: ['/id'] },
  })
  settings.metadataWritesDisabled = true
  await t.rejects(client().databases.create({ id: 'e' }), {
    code: 403,
    message: /not allowed through/,
  })
  await t.rejects(container.delete(), { code: 403 })
  t.equal((await container.items.create({ id: 'a' })).statusCode, 201)
})
