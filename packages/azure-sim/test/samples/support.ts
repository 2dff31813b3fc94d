import { type Container, type ContainerRequest, CosmosClient, type Database } from '@azure/cosmos'
import type { Test } from 'tap'
import { AzureSim } from '../../src/index.ts'
import { trust } from '../clients.ts'

/*
 * The tests of this folder make the calls that the sample programs of Microsoft's SDK make
 * (Azure/azure-sdk-for-js, sdk/cosmosdb/cosmos/samples/v4/typescript/src), in their order, with the
 * plain client against the whole simulator over TLS. Each says which sample it follows.
 */

export interface Sample {
  readonly sim: AzureSim
  readonly client: CosmosClient
  readonly database: Database
}

/** What every sample begins with: a client of its own and a database. */
export async function startSample(t: Test): Promise<Sample> {
  const sim = await AzureSim.start({ seed: 11 })
  t.teardown(() => sim.stop())
  trust(sim)
  const { value: key } = sim.account.shown('primary').key
  const client = new CosmosClient({ endpoint: sim.endpoint, key })
  t.teardown(() => client.dispose())
  const { database } = await client.databases.createIfNotExists({ id: 'SampleDB' })
  return { sim, client, database }
}

/** The sample's container; without a partition key the SDK takes its own default. */
export async function openContainer(
  database: Database,
  request: Partial<ContainerRequest> = {},
): Promise<Container> {
  const { container } = await database.containers.createIfNotExists({ id: 'Sample', ...request })
  return container
}

/** The families of the samples' data file, shortened. */
export const families = [
  {
    id: 'AndersenFamily',
    lastName: 'Andersen',
    parents: [{ firstName: 'Thomas' }, { firstName: 'Mary Kay' }],
    children: [{ firstName: 'Henriette Thaulow', grade: 5, pets: [{ givenName: 'Fluffy' }] }],
    address: { state: 'WA', county: 'King', city: 'Seattle' },
    registered: true,
  },
  {
    id: 'WakefieldFamily',
    parents: [
      { familyName: 'Wakefield', firstName: 'Robin' },
      { familyName: 'Miller', firstName: 'Ben' },
    ],
    children: [
      { familyName: 'Merriam', firstName: 'Jesse', grade: 8, pets: [{ givenName: 'Goofy' }] },
      { familyName: 'Miller', firstName: 'Lisa', grade: 1 },
    ],
    address: { state: 'NY', county: 'Manhattan', city: 'NY' },
    registered: false,
  },
] as const
