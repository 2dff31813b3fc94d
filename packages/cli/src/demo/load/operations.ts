import { BulkOperationType, ChangeFeedStartFrom, type Container } from '@azure/cosmos'

/** What one operation is given: its worker's own documents, and a number that never repeats. */
export interface Turn {
  readonly container: Container
  /** Names the worker in every run alike. */
  readonly worker: string
  readonly index: number
  /** Names the operation to the weather: the same in every run with the same seed. */
  readonly initialHeaders: Readonly<Record<string, string>>
  /** What the worker remembers from one operation to the next. */
  readonly memory: { continuation?: string | undefined }
}

export const databaseName = 'shop'
export const containerName = 'orders'
export const catalogue = 'catalogue'
export const catalogueSize = 50
const pageSize = 20

/** The worker's own document, made before the load begins and never deleted. */
export const ownDocument = (worker: string) => ({ id: `own-${worker}`, pk: worker, count: 0 })

/** The operation's name, for reports. */
export type OperationName =
  | 'point read'
  | 'upsert'
  | 'replace'
  | 'patch'
  | 'query'
  | 'bulk'
  | 'batch'
  | 'change feed'

type Operation = (turn: Turn) => Promise<void>

export const operations: Readonly<Record<OperationName, Operation>> = {
  'point read': async ({ container, worker, initialHeaders }) => {
    const own = ownDocument(worker)
    const { resource } = await container.item(own.id, worker).read({ initialHeaders })
    expect(resource?.id === own.id, 'the document read is another one')
  },
  upsert: async ({ container, worker, index, initialHeaders }) => {
    const id = `upsert-${worker}-${index % 16}`
    const { resource } = await container.items.upsert(
      { id, pk: worker, index, text: 'x'.repeat(200) },
      { initialHeaders },
    )
    expect(resource?.['index'] === index, 'the document upserted is another one')
  },
  replace: async ({ container, worker, index, initialHeaders }) => {
    const own = ownDocument(worker)
    const { resource } = await container
      .item(own.id, worker)
      .replace({ ...own, index }, { initialHeaders })
    expect(resource?.index === index, 'the document replaced is another one')
  },
  patch: async ({ container, worker, index, initialHeaders }) => {
    const { resource } = await container
      .item(ownDocument(worker).id, worker)
      .patch([{ op: 'set', path: '/patched', value: index }], { initialHeaders })
    expect(resource?.['patched'] === index, 'the document patched is another one')
  },
  query: async ({ container, initialHeaders }) => {
    const query = { query: 'SELECT * FROM c WHERE c.kind = "book"' }
    const options = { partitionKey: catalogue, maxItemCount: pageSize, initialHeaders }
    const iterator = container.items.query(query, options)
    let found = 0
    let pages = 0
    while (iterator.hasMoreResults()) {
      const { resources } = await iterator.fetchNext()
      found += resources?.length ?? 0
      pages += 1
    }
    expect(found === catalogueSize, `${found} of ${catalogueSize} documents were found`)
    expect(pages > 1, 'the query had a single page')
  },
  bulk: async ({ container, worker, index, initialHeaders }) => {
    const id = `bulk-${worker}-${index % 8}`
    const results = await container.items.bulk(
      [
        {
          operationType: BulkOperationType.Upsert,
          partitionKey: worker,
          resourceBody: { id, pk: worker, index },
        },
        { operationType: BulkOperationType.Read, partitionKey: worker, id: ownDocument(worker).id },
      ],
      {},
      { initialHeaders },
    )
    const statuses = results.map(({ statusCode }) => statusCode)
    expect(statuses.length === 2 && statuses.every(isSuccess), `bulk answered ${statuses}`)
  },
  batch: async ({ container, worker, index, initialHeaders }) => {
    const id = `batch-${worker}-${index}`
    const { result, code } = await container.items.batch(
      [
        { operationType: BulkOperationType.Create, resourceBody: { id, pk: worker } },
        {
          operationType: BulkOperationType.Upsert,
          resourceBody: { id: `batch-${worker}`, pk: worker, index },
        },
        { operationType: BulkOperationType.Read, id: ownDocument(worker).id },
        { operationType: BulkOperationType.Delete, id },
      ],
      worker,
      { initialHeaders },
    )
    const statuses = result?.map(({ statusCode }) => statusCode) ?? []
    expect(isSuccess(code ?? 0) && statuses.every(isSuccess), `batch answered ${code} ${statuses}`)
  },
  'change feed': async ({ container, worker, memory }) => {
    const iterator = container.items.getChangeFeedIterator({
      maxItemCount: pageSize,
      changeFeedStartFrom: memory.continuation
        ? ChangeFeedStartFrom.Continuation(memory.continuation)
        : ChangeFeedStartFrom.Beginning(worker),
    })
    const page = await iterator.readNext()
    expect(
      page.statusCode === 304 || isSuccess(page.statusCode),
      `the change feed answered ${page.statusCode}`,
    )
    memory.continuation = page.continuationToken
  },
}

/** One round of a worker: mostly reads and upserts, of everything something. */
export const mix: readonly OperationName[] = [
  'point read',
  'upsert',
  'point read',
  'replace',
  'point read',
  'patch',
  'upsert',
  'query',
  'point read',
  'bulk',
  'point read',
  'batch',
  'upsert',
  'point read',
  'change feed',
  'patch',
]

/** An answer that is not what was asked for counts as failed, as an error does. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
  readonly code = 'WRONG_ANSWER'
}

const expect = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new WrongAnswer(otherwise)
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300
