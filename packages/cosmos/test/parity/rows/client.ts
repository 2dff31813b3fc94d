import { all, kept, refused, row } from '../row.ts'

export const clientRows = [
  row('CosmosClient.getDatabaseAccount', 'reads the account', ({ client }) =>
    client.getDatabaseAccount(),
  ),
  row('CosmosClient.getWriteEndpoint', 'names the endpoint of writes', ({ client }) =>
    client.getWriteEndpoint(),
  ),
  row('CosmosClient.getReadEndpoint', 'names the endpoint of reads', ({ client }) =>
    client.getReadEndpoint(),
  ),
  row('CosmosClient.getWriteEndpoints', 'names all of writes', ({ client }) =>
    client.getWriteEndpoints(),
  ),
  row('CosmosClient.getReadEndpoints', 'names all of reads', ({ client }) =>
    client.getReadEndpoints(),
  ),
  row('CosmosClient.database', 'refers to a database', ({ client }) => client.database('other')),
  row('CosmosClient.offer', 'refers to an offer', ({ client }) => client.offer('abcd')),

  row('Databases.create', 'creates one', ({ client }) =>
    client.databases.create({ id: 'parity', throughput: 400 }),
  ),
  refused('Databases.create', 'is told of a conflict', ({ client }) =>
    client.databases.create({ id: 'parity' }),
  ),
  refused('Databases.create', 'is refused a name that may not be', ({ client }) =>
    client.databases.create({ id: 'a/b' }),
  ),
  row('Databases.createIfNotExists', 'finds one', ({ client }) =>
    client.databases.createIfNotExists({ id: 'parity' }),
  ),
  row('Databases.createIfNotExists', 'creates one', ({ client }) =>
    client.databases.createIfNotExists({ id: 'passing' }),
  ),
  row('Databases.readAll', 'lists all', ({ client }) => client.databases.readAll().fetchAll()),
  row('Databases.query', 'finds by a query', ({ client }) =>
    client.databases.query("SELECT * FROM root r WHERE r.id = 'parity'").fetchAll(),
  ),
  refused('Databases.query', 'is told of a mistake in a query', ({ client }) =>
    client.databases.query('SELECT FROM').fetchAll(),
  ),

  row('Database.url', 'has a link', ({ database }) => database.url),
  row('Database.container', 'refers to a container', ({ database }) => database.container('c')),
  row('Database.user', 'refers to a user', ({ database }) => database.user('u')),
  row('Database.read', 'reads one', ({ database }) => database.read()),
  refused('Database.read', 'is told of one that is missing', ({ client }) =>
    client.database('missing').read(),
  ),
  row('Database.readOffer', 'reads its throughput', ({ database }) => database.readOffer()),
  row('Database.readOffer', 'finds no throughput of its own', ({ client }) =>
    client.database('passing').readOffer(),
  ),
  row('Database.delete', 'deletes one', ({ client }) => client.database('passing').delete()),
  refused('Database.delete', 'is told that it is gone', ({ client }) =>
    client.database('passing').delete(),
  ),

  row('Offers.readAll', 'lists all', async scene => {
    const answer = await scene.client.offers.readAll().fetchAll()
    scene.kept.set('offer', answer.resources[0]?.id)
    return answer
  }),
  row('Offers.query', 'finds by a query', ({ client }) =>
    client.offers.query({ query: 'SELECT * FROM root' }).fetchAll(),
  ),
  row('Offer.url', 'has a link', scene => scene.client.offer(offerOf(scene)).url),
  row('Offer.read', 'reads one', scene => scene.client.offer(offerOf(scene)).read()),
  refused('Offer.read', 'is told of one that is missing', ({ client }) =>
    client.offer('none').read(),
  ),
  row('Offer.replace', 'changes the throughput', async scene => {
    const offer = scene.client.offer(offerOf(scene))
    const { resource } = await offer.read()
    if (resource?.content === undefined) throw new Error('an offer has no content')
    resource.content.offerThroughput = 500
    return offer.replace(resource)
  }),
  row('Offers.readAll', 'lists one by one', ({ client }) =>
    all(client.offers.readAll().getAsyncIterator()),
  ),
]

const offerOf = (scene: Parameters<typeof kept>[0]): string => kept(scene, 'offer')
