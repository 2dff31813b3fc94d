import type { Container, OfferDefinition } from '@azure/cosmos'
import t from 'tap'
import { openShop } from './support/shop.ts'

const contentOf = async (container: Container) => (await container.readOffer()).resource?.content

async function change(container: Container, content: object, headers = {}) {
  const { offer, resource } = await container.readOffer()
  if (offer === undefined) throw new Error('The container has no offer.')
  const body = { ...resource, content } as OfferDefinition
  return offer.replace(body, { initialHeaders: headers } as never)
}

t.test('throughput that scales has a maximum, and no fixed units', async t => {
  const { container } = await openShop(t, { maxThroughput: 4_000 } as never)
  t.match(await contentOf(container), {
    offerThroughput: 400,
    offerAutopilotSettings: { maxThroughput: 4_000 },
  })
  const raised = { offerAutopilotSettings: { maxThroughput: 6_000 } }
  t.equal((await change(container, raised)).statusCode, 200)
  t.match(await contentOf(container), { offerAutopilotSettings: { maxThroughput: 6_000 } })
  await t.rejects(change(container, { offerThroughput: 500 }), { code: 400 })
  await t.rejects(change(container, { offerAutopilotSettings: { maxThroughput: 999 } }), {
    code: 400,
  })
})

t.test('throughput that was once high cannot be lowered to nearly nothing', async t => {
  const { container } = await openShop(t, { throughput: 500 })
  const manual = (offerThroughput: number) => change(container, { offerThroughput })
  await manual(60_000)
  t.equal((await container.readPartitionKeyRanges().fetchAll()).resources.length, 6, 'it split')
  const response = await manual(600)
  t.equal(response.headers['x-ms-cosmos-min-throughput'], '600')
  t.equal(response.headers['x-ms-offer-replace-pending'], 'false')
  await t.rejects(manual(500), { code: 400, message: /between 600 and 1000000/ })
  await t.rejects(manual(650), { code: 400 })
})

t.test('more than the partitions can serve makes them split, and documents stay', async t => {
  const { container } = await openShop(t)
  for (let n = 0; n < 20; n++) await container.items.create({ id: `i${n}`, customer: `c${n}` })
  const { headers } = await change(container, { offerThroughput: 30_000 })
  t.equal(headers['x-ms-offer-replace-pending'], 'true')
  const count = await container.items.query('SELECT VALUE COUNT(1) FROM c').fetchAll()
  t.same(count.resources, [20])
})

t.test('a database may have throughput that its containers share', async t => {
  const { sdk } = await openShop(t)
  const { database } = await sdk.databases.create({ id: 'shared', throughput: 1_000 })
  const { container } = await database.containers.create({
    id: 'c',
    partitionKey: { paths: ['/pk'] },
  })
  t.equal((await database.readOffer()).resource?.content?.offerThroughput, 1_000)
  t.equal((await container.readOffer()).resource, undefined)
})

t.test('what is no throughput is refused, and so is any on a serverless account', async t => {
  const { database, cosmos } = await openShop(t)
  const partitionKey = { paths: ['/pk'] }
  const create = (more: object) => database.containers.create({ id: 'c', partitionKey, ...more })
  await t.rejects(create({ throughput: 399 }), { code: 400 })
  await t.rejects(create({ throughput: 450 }), { code: 400 })
  await t.rejects(create({ maxThroughput: 1_500 }), { code: 400 })
  cosmos.catalogue.serverless = true
  await t.rejects(create({ throughput: 400 }), { code: 400, message: /serverless accounts/ })
  t.equal((await create({})).statusCode, 201)
})
