import { type AzureSim, type AzureSimOptions, actions } from '@keyturn/azure-sim'
import type { Test } from 'tap'
import { type ExamineOptions, examine } from '../../src/doctor/examine.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { type CoordinatorConfigInput, coordinatorConfigSchema } from '../../src/options.ts'
import { configFor, startAzure, startCoordinator, until } from '../support.ts'

const enough = [
  actions.accountRead,
  actions.listKeys,
  actions.regenerateKey,
  actions.permissionsRead,
  actions.locksRead,
  actions.secretGet,
  actions.secretSet,
]

/** Grants the coordinator exactly what it asks for, less or more. */
export const rights = ({ without = [] }: { without?: readonly string[] } = {}) => ({
  coordinator: { actions: enough.filter(action => !without.includes(action)) },
})

export const start = (t: Test, options: AzureSimOptions = {}): Promise<AzureSim> =>
  startAzure(t, {
    seed: 77,
    regeneration: { durationMs: 0, spreadMs: 0 },
    management: { durationMs: 0 },
    principals: rights(),
    ...options,
  })

type Change = Partial<ExamineOptions> & { readonly config?: CoordinatorConfigInput }

/** What the doctor finds, with the identity that a coordinator is given. */
export const doctor = async (
  t: Test,
  azure: AzureSim,
  {
    config = configFor(t, azure),
    ...change
  }: Omit<Change, 'config'> & {
    config?: CoordinatorConfigInput
  } = {},
): Promise<readonly Finding[]> => {
  const [examined] = await examine({
    config: coordinatorConfigSchema.parse(config),
    credential: azure.credentialOf('coordinator'),
    authority: azure.authorityHost,
    coordinator: null,
    release: '0.1.0',
    ...change,
  })
  return examined?.findings ?? []
}

/** Code by code, with what it is about; what is well is left out. */
export const troubles = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(finding =>
    finding.verdict === 'well' ? [] : [`${finding.verdict} ${finding.code}`],
  )

/** Adopts the account, so that its first keyset stands in the vault. */
export const adopt = async (t: Test, azure: AzureSim, config = configFor(t, azure)) => {
  const coordinator = await startCoordinator(t, azure, config)
  const headers = {
    authorization: `Bearer ${coordinator.tokens.operator}`,
    'content-type': 'application/json',
  }
  const body = JSON.stringify({ verb: 'adopt' })
  const url = `${coordinator.url}/v1/accounts/orders`
  await fetch(`${url}/verbs`, { method: 'POST', headers, body })
  const status = async () => (await (await fetch(url, { headers })).json()) as never
  await until(async () => {
    const { published } = (await status()) as { published: { confirmed: boolean } | null }
    return published?.confirmed === true
  })
  return { coordinator, status }
}
