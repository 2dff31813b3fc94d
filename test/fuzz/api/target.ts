import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { AzureSim } from '@keyturn/azure-sim'
import { Coordinator } from '@keyturn/coordinator'
import type { Description, Knowledge } from './requests.ts'

export interface Target {
  readonly url: string
  readonly description: Description
  readonly knowledge: Knowledge
  /** Every secret that is in it by now: keys old and new, and tokens. */
  readonly secrets: () => readonly string[]
  readonly stop: () => Promise<void>
}

const members = ['one', 'two', 'three']

/** A whole coordinator with an embedded Azure behind it, whose keys and tokens must not come out. */
export const startTarget = async (): Promise<Target> => {
  const azure = await AzureSim.start({ seed: 1, regeneration: { durationMs: 50 } })
  setDefaultCACertificates([...getCACertificates('default'), azure.ca])
  const dataDirectory = mkdtempSync(join(tmpdir(), 'kt-fuzz-'))
  const word = { is: 'none', acceptedBy: 'the fuzzer', reason: 'nobody has a key' } as const
  const limits = {
    ...{ fleetSettleMs: 0, armPollMs: 100, armSettleMs: 500, sendWithinMs: 5_000 },
    ...{ probesMin: 1, probeSpanMs: 0, probeEveryMs: 50, bakeMs: 50, quietMs: 0 },
    // No report is held for longer than a third of it.
    reportAgeMsMax: 300,
  }
  const coordinator = await new Coordinator({
    credential: azure.credential,
    config: {
      dataDirectory,
      listen: { port: 0 },
      turnMs: 100,
      access: {
        limits: { requestsPerSecond: 100_000, reportsPerSecond: 100_000, looksPerMinute: 100_000 },
      },
      accounts: (['readWrite', 'readOnly'] as const).map(pair => ({
        name: pair === 'readWrite' ? 'orders' : 'orders-read',
        pair,
        account: azure.accountId,
        endpoint: azure.endpoint,
        armEndpoint: azure.armEndpoint,
        vault: { url: azure.vaultUrl, secret: pair },
        policy: {
          ...{ fleet: word, evidence: word, limits },
          consumers: [{ name: 'monthly', by: 'operator' as const }],
          approval: { before: ['fencing-former' as const], by: ['approver', 'ada'] },
        },
      })),
    },
  }).start()
  const { url, tokens } = coordinator
  const description = (await (await fetch(`${url}/v1/openapi.json`)).json()) as Description
  const keys = () => azure.account.keysKnown().map(({ value }) => value)
  return {
    url,
    description,
    secrets: () => [...keys(), ...Object.values(tokens)],
    knowledge: {
      tokens,
      // Names of accounts come often: what is not there is soon answered.
      known: [
        ...['orders', 'orders', 'orders', 'orders', 'orders-read', 'monthly', azure.accountId],
        ...members,
      ],
      secrets: keys(),
      slow: ['getPlan', 'getRetireCheck'],
      mend: (operation, body) => (operation === 'report' ? smallFleet(body) : body),
    },
    stop: async () => {
      await coordinator.stop()
      await azure.stop()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

/** Each incarnation is a row for ever: a few are enough. */
const smallFleet = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || !('incarnation' in body)) return body
  const { incarnation } = body
  const isLong = typeof incarnation === 'string' && incarnation.length > 0
  return isLong ? { ...body, incarnation: `i-${incarnation.length % 3}` } : body
}
