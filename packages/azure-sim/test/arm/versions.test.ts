import t from 'tap'
import { apiVersions } from '../../src/arm/versions.ts'
import { AzureSim } from '../../src/index.ts'
import { armRequest, trust } from '../clients.ts'

const sim = await AzureSim.start({ seed: 19 })
t.teardown(() => sim.stop())
trust(sim)
const shownIn = async (version: string) => {
  const { status, body } = await armRequest(sim, 'GET', '', { version })
  t.equal(status, 200, version)
  return (body as { properties: Record<string, unknown> }).properties
}

/*
 * Seen in recordings (Azure/azure-cli, test_update_database_account.yaml at 2021-04-15,
 * test_cosmosdb_burst_capacity.yaml at 2023-11-15) and in the documents of the other two.
 */
const seen: readonly [version: string, property: string, shown: boolean][] = [
  ['2021-04-15', 'keysMetadata', false],
  ['2021-04-15', 'disableLocalAuth', false],
  ['2021-04-15', 'minimalTlsVersion', false],
  ['2023-11-15', 'keysMetadata', true],
  ['2023-11-15', 'disableLocalAuth', true],
  ['2023-11-15', 'minimalTlsVersion', true],
  ['2023-11-15', 'enableBurstCapacity', true],
  ['2023-11-15', 'enablePartitionMerge', true],
  ['2024-08-15', 'enablePriorityBasedExecution', false],
  ['2024-08-15', 'capacityMode', false],
  ['2024-09-01-preview', 'enablePriorityBasedExecution', true],
  ['2024-09-01-preview', 'capacityMode', true],
  ['2026-03-15', 'enablePriorityBasedExecution', true],
  ['2026-03-15', 'capacityMode', false],
]

t.test('each version shows the properties that it knows', async t => {
  for (const [version, property, shown] of seen) {
    t.equal(property in (await shownIn(version)), shown, `${property} in ${version}`)
  }
})

t.test('every version answers, and what all know is in all', async t => {
  for (const version of apiVersions) {
    t.match(await shownIn(version), {
      provisioningState: 'Succeeded',
      documentEndpoint: sim.endpoint,
      consistencyPolicy: { defaultConsistencyLevel: 'Session' },
    })
  }
})
