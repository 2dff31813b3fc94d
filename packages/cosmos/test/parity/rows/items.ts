import { PatchOperationType } from '@azure/cosmos'
import { refused, row } from '../row.ts'

const gone = (error: unknown): unknown => error

export const itemRows = [
  row('Items.create', 'creates one', ({ container }) =>
    container.items.create({ id: '1', pk: 'p', n: 1, text: 'ü \u2028 "quoted"' }),
  ),
  refused('Items.create', 'is told of a conflict', ({ container }) =>
    container.items.create({ id: '1', pk: 'p' }),
  ),
  row('Items.create', 'gives an id', async scene => {
    const answer = await scene.container.items.create({ pk: 'given' })
    scene.kept.set('given', answer.resource?.['id'])
    return answer
  }),
  refused('Items.create', 'is refused an option of bulk calls', ({ container }) =>
    container.items.create({ id: 'quiet', pk: 'p' }, { contentResponseOnWriteEnabled: false }),
  ),
  row('Items.create', 'is refused a unique key twice', async ({ database }) => {
    const { items } = database.container('unique')
    return [await items.create({ u: 1 }), await items.create({ u: 1 }).catch(gone)]
  }),
  refused('Items.create', 'is told of a container that is missing', ({ database }) =>
    database.container('missing').items.create({ id: '1' }),
  ),
  row('Items.upsert', 'creates', ({ container }) => container.items.upsert({ id: '2', pk: 'p' })),
  row('Items.upsert', 'replaces', ({ container }) =>
    container.items.upsert({ id: '2', pk: 'p', n: 2 }),
  ),
  row('Items.upsert', 'takes a body of a hundred kilobytes', ({ container }) =>
    container.items.upsert({ id: 'large', pk: 'large', text: 'x'.repeat(100_000) }),
  ),

  row('Item.url', 'has a link', ({ container }) => container.item('1', 'p').url),
  row('Item.url', 'escapes what must be', ({ container }) => container.item('a b ü', 'p').url),
  row('Item.read', 'reads one', ({ container }) => container.item('1', 'p').read()),
  row('Item.read', 'finds none', ({ container }) => container.item('none', 'p').read()),
  row('Item.read', 'finds none in a container that is missing', ({ database }) =>
    database.container('missing').item('1', 'p').read(),
  ),
  row('Item.read', 'is told that nothing changed', async ({ container }) => {
    const item = container.item('1', 'p')
    const { etag } = await item.read()
    return item.read({ accessCondition: { type: 'IfNoneMatch', condition: etag } }).catch(gone)
  }),
  row('Item.read', 'follows a session token', async ({ container }) => {
    const { headers } = await container.items.upsert({ id: 'session', pk: 'p' })
    const sessionToken = String(headers['x-ms-session-token'])
    return container.item('session', 'p').read({ sessionToken })
  }),
  refused('Item.read', 'is refused a consistency that is stronger', ({ container }) =>
    container.item('1', 'p').read({ consistencyLevel: 'Strong' }),
  ),
  row('Item.replace', 'replaces one', ({ container }) =>
    container.item('1', 'p').replace({ id: '1', pk: 'p', n: 3, list: [1] }),
  ),
  refused('Item.replace', 'is told of a change in between', ({ container }) => {
    const accessCondition = { type: 'IfMatch', condition: '"stale"' }
    return container.item('1', 'p').replace({ id: '1', pk: 'p' }, { accessCondition })
  }),
  row('Item.patch', 'changes parts', ({ container }) =>
    container.item('1', 'p').patch([
      { op: PatchOperationType.incr, path: '/n', value: 4 },
      { op: PatchOperationType.add, path: '/list/-', value: 2 },
      { op: PatchOperationType.set, path: '/text', value: 'new' },
    ]),
  ),
  refused('Item.patch', 'is told that its condition does not hold', ({ container }) =>
    container.item('1', 'p').patch({
      condition: 'from c where c.n > 100',
      operations: [{ op: 'set', path: '/n', value: 0 }],
    }),
  ),
  row('Item.delete', 'deletes one', ({ container }) => container.item('2', 'p').delete()),
  refused('Item.delete', 'is told that it is gone', ({ container }) =>
    container.item('2', 'p').delete(),
  ),
  refused('Item.read', 'gives up when its caller does', ({ container }) =>
    container.item('1', 'p').read({ abortSignal: AbortSignal.abort() }),
  ),
  row('Container.deleteAllItemsForPartitionKey', 'deletes a partition', ({ container }) =>
    container.deleteAllItemsForPartitionKey('given'),
  ),
]
