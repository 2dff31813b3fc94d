import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AzureSim } from '@keyturn/azure-sim'
import { reportAnswerSchema } from '@keyturn/protocol'
import { FakeMember } from '@keyturn/testkit'
import { openVault } from '../../../packages/coordinator/src/azure/vault.ts'

export interface Following {
  readonly name: string
  /** The coordinator, which may be down at any time. */
  readonly url: string
  readonly tokenFile: string
  readonly ended: AbortSignal
}

/** A member in this process: reports over HTTP, follows the vault, signs nothing. */
export const followAsMember = (azure: AzureSim, following: Following): void => {
  const member = new FakeMember(following.name)
  const { accountId: account, vaultUrl: url, credential } = azure
  const vault = openVault({ account, url, secretName: 'keyset', credential })
  let knownVersion = 0
  const beat = async (): Promise<void> => {
    const { latest } = await vault.read()
    if (latest) member.hear(latest)
    const answer = await report(following, {
      ...member.report(0),
      source: { kind: 'keyVault', stalenessMsMax: 0, ageMs: 0 },
      ...{ account, pair: 'readWrite', holdMs: 1_000, knownVersion },
    })
    knownVersion = Math.max(knownVersion, answer?.announced?.version ?? 0)
  }
  const follow = async (): Promise<void> => {
    while (!following.ended.aborted) await beat().catch(() => sleep(50))
  }
  void follow()
}

const report = async ({ name, url, tokenFile, ended }: Following, body: object) => {
  const response = await fetch(`${url}/v1/members/${name}/reports`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
    signal: AbortSignal.any([ended, AbortSignal.timeout(10_000)]),
  })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return reportAnswerSchema.parse(await response.json())
}
