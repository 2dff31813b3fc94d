import { Agent } from 'node:https'
import {
  type ConnectionPolicy,
  type ConsistencyLevel,
  type Container,
  CosmosClient,
} from '@azure/cosmos'
import type { Test } from 'tap'
import { AzureSim, VirtualClock } from '../../../src/index.ts'

export const hour = 3_600_000

export interface Opened {
  readonly azure: AzureSim
  readonly clock: VirtualClock
  /** Through the write region, without a session. */
  readonly near: Container
  /** Through the region that is behind. */
  far(consistency?: ConsistencyLevel): Container
  client(
    policy?: Partial<ConnectionPolicy>,
    consistency?: ConsistencyLevel,
    endpoint?: string,
  ): CosmosClient
  /** Where requests on documents went since this was last asked, with status. */
  served(): string[]
}

/** Two regions, of which `North Europe` sees writes an hour late, in virtual time. */
export async function open(t: Test, regions = ['West US', 'North Europe']): Promise<Opened> {
  const clock = new VirtualClock()
  const azure = await AzureSim.start({
    seed: 7,
    regions,
    clock,
    // The SDK signs with the real time, and virtual time runs hours ahead of it.
    dateWindow: { behindMs: 100 * hour },
  })
  t.teardown(() => azure.stop())
  const agent = new Agent({ ca: azure.ca, keepAlive: true })
  t.teardown(() => agent.destroy())
  const key = azure.account.shown('primary').key.value
  const seen: string[] = []
  azure.witness.onData(({ region, resourceType, status }) => {
    if (resourceType === 'docs') seen.push(`${region} ${status}`)
  })
  const client: Opened['client'] = (policy = {}, consistency, endpoint = azure.endpoint) => {
    const made = new CosmosClient({
      endpoint,
      key,
      agent,
      connectionPolicy: { ...policy, enableBackgroundEndpointRefreshing: false },
      ...(consistency === undefined ? {} : { consistencyLevel: consistency }),
    })
    t.teardown(() => made.dispose())
    return made
  }
  const { database } = await client().databases.create({ id: 'd' })
  const partitionKey = { paths: ['/customer'] }
  const { container: near } = await database.containers.create({ id: 'c', partitionKey })
  azure.setWeather({ regions: { 'North Europe': { replicationLagMs: hour } } })
  const far = (consistency?: ConsistencyLevel): Container =>
    client({ preferredLocations: ['North Europe'] }, consistency)
      .database('d')
      .container('c')
  return { azure, clock, near, far, client, served: () => seen.splice(0) }
}

export const write = (container: Container, id: string, n: number) =>
  container.items.upsert({ id, customer: 'x', n })
