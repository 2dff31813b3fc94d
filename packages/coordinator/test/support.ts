import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { AzureSim, type AzureSimOptions } from '@keyturn/azure-sim'
import { type Report, type ReportAnswer, reportAnswerSchema } from '@keyturn/protocol'
import { FakeMember } from '@keyturn/testkit'
import type { Test } from 'tap'
import { Coordinator, type CoordinatorConfigInput } from '../src/index.ts'

/** An Azure that this process trusts, ended with the test. */
export const startAzure = async (t: Test, options: AzureSimOptions = {}): Promise<AzureSim> => {
  const azure = await AzureSim.start({ regeneration: { durationMs: 300 }, ...options })
  t.teardown(() => azure.stop())
  setDefaultCACertificates([...getCACertificates('default'), azure.ca])
  return azure
}

export const configFor = (
  t: Test,
  azure: AzureSim,
  names: string[] = [],
): CoordinatorConfigInput => ({
  dataDirectory: t.testdir(),
  listen: { port: 0 },
  // Whoever waits here asks without a pause, and on a fast machine that is often.
  access: { limits: { requestsPerSecond: 100_000 } },
  turnMs: 20,
  accounts: [
    {
      name: 'orders',
      account: azure.accountId,
      endpoint: azure.endpoint,
      armEndpoint: azure.armEndpoint,
      vault: { url: azure.vaultUrl, secret: 'keyset' },
      policy: {
        fleet: { is: 'members', names },
        evidence: { is: 'none', acceptedBy: 'the test', reason: 'no strays' },
        limits: {
          fleetSettleMs: 50,
          armPollMs: 20,
          armSettleMs: 500,
          sendWithinMs: 2_000,
          attemptBackoffMs: 50,
          probesMin: 2,
          probeSpanMs: 20,
          probeEveryMs: 20,
          bakeMs: 50,
          quietMs: 20,
          vaultAgeMsMax: 200,
          armAgeMsMax: 200,
        },
      },
    },
  ],
})

export const startCoordinator = async (
  t: Test,
  azure: AzureSim,
  config: CoordinatorConfigInput,
): Promise<Coordinator> => {
  const coordinator = new Coordinator({ config, credential: azure.credential })
  await coordinator.start()
  t.teardown(() => coordinator.stop())
  return coordinator
}

/** Asks the API as an operator does. */
export const ask = async (
  coordinator: Coordinator,
  method: string,
  path: string,
  body?: unknown,
  token = coordinator.tokens.operator,
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${coordinator.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** What a member's first report says on the wire. */
export const reportOf = (azure: AzureSim, name: string, change: Partial<Report>) => ({
  ...new FakeMember(name).report(0),
  source: { kind: 'keyVault', stalenessMsMax: 0, ageMs: null },
  account: azure.accountId,
  pair: 'readWrite',
  holdMs: 0,
  knownVersion: 0,
  ...change,
})

export const report = async (
  coordinator: Coordinator,
  name: string,
  body: unknown,
): Promise<ReportAnswer> => {
  const path = `/v1/members/${name}/reports`
  const answer = await ask(coordinator, 'POST', path, body, coordinator.tokens.member)
  return reportAnswerSchema.parse(answer.body)
}

/** Asks again and again, each question a round trip: waits for the event, not for a time. */
export const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds()));
}
