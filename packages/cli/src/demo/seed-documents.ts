import { CosmosClient } from '@azure/cosmos'
import {
  catalogue,
  catalogueSize,
  containerName,
  databaseName,
  ownDocument,
} from './load/operations.ts'

/** Makes what the load works on, with Microsoft's own client and before any weather. */
export const seedDocuments = async (
  endpoint: string,
  key: string,
  workers: readonly string[],
): Promise<void> => {
  const client = new CosmosClient({ endpoint, key })
  try {
    const { database } = await client.databases.createIfNotExists({ id: databaseName })
    const { container } = await database.containers.createIfNotExists({
      id: containerName,
      partitionKey: { paths: ['/pk'] },
    })
    const books = Array.from({ length: catalogueSize }, (_, index) => ({
      id: `book-${index}`,
      pk: catalogue,
      kind: 'book',
      title: `Volume ${index}`,
    }))
    const documents = [...books, ...workers.map(ownDocument)]
    await Promise.all(documents.map(document => container.items.upsert(document)))
  } finally {
    client.dispose()
  }
}
