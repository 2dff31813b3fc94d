import { AzureSim, type AzureSimOptions } from '@keyturn/azure-sim'
import type { Test } from 'tap'
import { trust } from './trust.ts'

/** An embedded Azure that this process trusts, and acts in as its operator. */
export const startAzure = async (t: Test, options: AzureSimOptions = {}): Promise<AzureSim> => {
  const regeneration = { durationMs: 0, spreadMs: 0 }
  const azure = await AzureSim.start({ seed: 5, regeneration, ...options })
  t.teardown(() => azure.stop())
  trust(t, azure.ca)
  for (const [name, value] of Object.entries(azure.environment('operator'))) {
    const before = process.env[name]
    process.env[name] = value
    t.teardown(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
  return azure
}
