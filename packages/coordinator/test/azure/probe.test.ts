import { randomBytes } from 'node:crypto'
import { CosmosClient } from '@azure/cosmos'
import type { AzureSim } from '@keyturn/azure-sim'
import t, { type Test } from 'tap'
import { openArm } from '../../src/azure/arm.ts'
import { openProber, type ProberOptions } from '../../src/azure/probe.ts'
import { secretKey } from '../../src/secret.ts'
import { startAzure } from '../support.ts'

const stranger = () => secretKey(randomBytes(64).toString('base64'), 'the test')

const open = async (t: Test, options: Partial<ProberOptions> = {}) => {
  const azure = await startAzure(t)
  const { accountId: account, credential, armEndpoint: endpoint } = azure
  const look = (pair: 'readWrite' | 'readOnly' = 'readWrite') =>
    openArm({ account, credential, endpoint, pair }).look(null)
  return { azure, look, prober: openProber({ now: Date.now, ...options }) }
}

/** A container as its owner would make it. */
const container = async (azure: AzureSim, paths: readonly string[]) => {
  const key = azure.account.shown('primary').key.value
  const client = new CosmosClient({ endpoint: azure.endpoint, key })
  const { database } = await client.databases.createIfNotExists({ id: 'the shop' })
  const partitionKey =
    paths.length > 1
      ? ({ paths: [...paths], kind: 'MultiHash', version: 2 } as never)
      : { paths: [...paths] }
  await database.containers.create({ id: 'probes', partitionKey })
  return { client, documents: database.container('probes').items }
}

const named = { database: 'the shop', container: 'probes' }

t.test('a key is tried in a region of its own', async t => {
  const { prober, look } = await open(t)
  const { keys, regions } = await look()
  for (const region of regions) {
    t.equal(await prober.probe(region, keys.primary), null, `accepted in ${region.name}`)
    t.equal(await prober.probe(region, stranger()), 'HTTP 401, wrong-key')
  }
})

t.test('a region that does not answer is no refusal and no acceptance', async t => {
  const prober = openProber({ now: Date.now })
  const nowhere = { name: 'Nowhere', endpoint: 'https://127.0.0.1:1/' }
  t.equal(await prober.probe(nowhere, stranger()), 'ECONNREFUSED')
})

/** What was asked of the data plane since, as `region VERB type status`. */
const asked = (azure: AzureSim, since: number): readonly string[] =>
  azure.witness
    .testimony()
    .recent.slice(since)
    .map(({ region, verb, resourceType, status }) =>
      [region, verb.toUpperCase(), resourceType, status].join(' ').replace('  ', ' '),
    )

const askedSoFar = (azure: AzureSim): number => azure.witness.testimony().recent.length

t.test('without a named container a document of any is read, and nothing written', async t => {
  const { azure, look, prober } = await open(t)
  const { keys, regions } = await look()
  const { client } = await container(azure, ['/pk'])
  const since = askedSoFar(azure)
  for (const region of regions) t.equal(await prober.probe(region, keys.secondary), null)
  t.same(asked(azure, since), [
    'West US GET 200',
    'West US GET dbs 200',
    'West US GET colls 200',
    'West US GET docs 404',
    'North Europe GET 200',
    'North Europe GET docs 404',
  ])
  client.dispose()
})

for (const paths of [['/pk'], ['/id'], ['/tenant/name', '/"user"']]) {
  t.test(`a document is written and deleted in a container by ${paths.join(', ')}`, async t => {
    const { azure, look, prober } = await open(t, { container: named })
    const { keys, regions } = await look()
    const { client, documents } = await container(azure, paths)
    const since = askedSoFar(azure)
    for (const region of regions) t.equal(await prober.probe(region, keys.primary), null)
    t.same(
      asked(azure, since),
      [
        'West US GET 200',
        'West US GET colls 200',
        'West US GET docs 404',
        'West US POST docs 201',
        'West US DELETE docs 204',
        'North Europe GET 200',
        'North Europe GET docs 404',
      ],
      'only where writes are taken, and never metadata',
    )
    t.same((await documents.readAll().fetchAll()).resources, [], 'and leaves nothing behind')
    client.dispose()
  })
}

t.test('a read-only key is probed by reads, and one that may not write is told', async t => {
  const { azure, look } = await open(t)
  const { keys, regions } = await look('readOnly')
  const { client } = await container(azure, ['/pk'])
  const reading = openProber({ now: Date.now, container: named, pair: 'readOnly' })
  const writing = openProber({ now: Date.now, container: named })
  const [first] = regions
  if (!first) return t.fail('no region')
  t.equal(await reading.probe(first, keys.primary), null)
  t.equal(await writing.probe(first, keys.primary), 'HTTP 401, wrong-key, at a write')
  client.dispose()
})

t.test('a container that is not there is told by its name', async t => {
  const { look, prober } = await open(t, { container: named })
  const { keys, regions } = await look()
  const [first] = regions
  if (!first) return t.fail('no region')
  t.equal(await prober.probe(first, keys.primary), 'HTTP 404, at container the shop/probes')
})

t.test('a region that has not heard of the key says so, and in the end it has', async t => {
  const { azure, look, prober } = await open(t, { container: named })
  const { client } = await container(azure, ['/pk'])
  Object.assign(azure.regeneration, { durationMs: 0, spreadMs: 2_000, gapMs: 2_000 })
  const { accountId: account, credential, armEndpoint: endpoint } = azure
  const before = (await look()).view.fingerprints.secondary
  await openArm({ account, credential, endpoint }).regenerate('secondary', 60_000)
  let seen = await look()
  while (seen.view.fingerprints.secondary === before) seen = await look()
  for (const region of seen.regions) {
    for (;;) {
      const met = await prober.probe(region, seen.keys.secondary)
      if (met === null) break
      t.match(met, /^HTTP 401, wrong-key/, region.name)
    }
  }
  client.dispose()
})

t.test('a clock of ours that is an hour off is no word about the key', async t => {
  const { azure, look } = await open(t)
  const { keys, regions } = await look()
  const prober = openProber({ now: () => Date.now() - 3_600_000 })
  const since = askedSoFar(azure)
  const [first] = regions
  if (!first) return t.fail('no region')
  t.equal(await prober.probe(first, keys.primary), null)
  t.equal(asked(azure, since)[0], 'West US GET 403')
  t.equal(await prober.probe(first, stranger()), 'HTTP 401, wrong-key')
})

t.test('a probe in a row begins at a moment drawn by chance', async t => {
  let drawn = 0
  const chance = () => {
    drawn += 1
    return 0.5
  }
  const { look, prober } = await open(t, { chance })
  const { keys, regions } = await look()
  const [first] = regions
  if (!first) return t.fail('no region')
  await prober.probe(first, keys.primary)
  t.equal(drawn, 0, 'one at a gate is not put off')
  const since = performance.now()
  await prober.probe(first, keys.primary, 400)
  t.equal(drawn, 1)
  // A timer counts from when its round of the event loop began, which may be a while ago.
  t.ok(performance.now() - since >= 100)
})
