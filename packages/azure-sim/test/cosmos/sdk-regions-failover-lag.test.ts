import { ChangeFeedStartFrom, ConsistencyLevel, type Container } from '@azure/cosmos'
import t from 'tap'
import { hour, open, write } from './support/lagging.ts'

t.test('a new write region has seen everything', async t => {
  const { azure, near, far, clock, served } = await open(t)
  await write(near, 'a', 1)
  azure.account.failover([
    { locationName: 'North Europe', failoverPriority: 0 },
    { locationName: 'West US', failoverPriority: 1 },
  ])
  clock.advance(1_000)
  served()
  t.equal((await far().item('a', 'x').read()).statusCode, 200)
  t.same(served(), ['North Europe 200'])
  const session = far(ConsistencyLevel.Session)
  await write(session, 'b', 1)
  t.equal((await session.item('b', 'x').read()).statusCode, 200)
  t.same(served(), ['North Europe 201', 'North Europe 200'])
})

t.test(
  'a forced failover loses what the next region had not seen, unless told to keep it',
  async t => {
    for (const unseenWrites of ['lost', 'kept'] as const) {
      const { azure, near, far, clock, client } = await open(t)
      azure.setOperations({ geography: { unseenWrites } })
      for (const id of ['kept', 'changed', 'deleted']) await write(near, id, 1)
      clock.advance(hour)
      await write(near, 'changed', 2)
      await write(near, 'new', 1)
      await near.item('deleted', 'x').delete()
      azure.account.takeOffline('West US')
      clock.advance(1_000)
      await azure.regionsSettled()
      const found = async (container: Container): Promise<string[]> => {
        const { resources } = await container.items.query('SELECT * FROM c').fetchAll()
        return resources.map(({ id, n }) => `${id}${n}`)
      }
      const left =
        unseenWrites === 'lost' ? ['kept1', 'changed1', 'deleted1'] : ['kept1', 'changed2', 'new1']
      t.same(await found(far()), left)
      // And that is the truth from now on, for those who write and for those who come back.
      const writer = client().database('d').container('c')
      t.equal((await write(writer, 'later', 3)).statusCode, 201)
      azure.account.bringOnline('West US')
      clock.advance(2 * hour)
      await azure.regionsSettled()
      const back = client({ preferredLocations: ['West US'] })
        .database('d')
        .container('c')
      t.same(await found(back), [...left, 'later3'])
      const feed = back.items.getChangeFeedIterator({
        changeFeedStartFrom: ChangeFeedStartFrom.Beginning('x'),
      })
      const rows: readonly { id?: string; n?: number }[] = (await feed.readNext()).result
      t.same(rows.map(({ id, n }) => `${id}${n}`).sort(), [...left, 'later3'].sort())
    }
  },
)
