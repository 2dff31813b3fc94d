import type { Container, ContainerRequest, CosmosClient, Database } from '@azure/cosmos'
import type { Test } from 'tap'
import { type Running, startCosmos } from './cosmos.ts'

export interface Shop extends Running {
  readonly sdk: CosmosClient
  readonly database: Database
  readonly container: Container
}

/** An account with the database `shop` and the container `orders`, through the unmodified SDK. */
export async function openShop(
  t: Test,
  more: Partial<ContainerRequest> = {},
  options: Parameters<typeof startCosmos>[1] = {},
): Promise<Shop> {
  const running = await startCosmos(t, options)
  const sdk = running.client()
  const { database } = await sdk.databases.createIfNotExists({ id: 'shop' })
  const partitionKey = { paths: ['/customer'] }
  const { container } = await database.containers.createIfNotExists({
    id: 'orders',
    partitionKey,
    ...more,
  })
  return { ...running, sdk, database, container }
}
