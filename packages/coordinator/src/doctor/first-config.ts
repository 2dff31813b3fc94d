import type { TokenCredential } from '@azure/core-auth'
import type { CoordinatorConfigInput } from '../options.ts'
import { askArm } from './gather-arm.ts'

export interface FirstConfigOptions {
  readonly name: string
  /** ARM resource id. */
  readonly account: string
  readonly vaultUrl: string
  readonly secret: string
  readonly members: readonly string[]
  readonly dataDirectory: string
  readonly port: number
  /** Of another cloud, or of an embedded Azure. */
  readonly armEndpoint?: string | undefined
  /** Whether spans are seconds: for an account that nobody depends on. */
  readonly trial: boolean
  readonly credential: TokenCredential
}

/** Seconds where production has minutes: to watch a whole turn. */
const trialLimits = {
  ...{ fleetSettleMs: 3_000, armPollMs: 500, attemptBackoffMs: 1_000 },
  ...{ probesMin: 3, probeSpanMs: 1_000, probeEveryMs: 300, bakeMs: 3_000, quietMs: 2_000 },
}

/**
 * A first configuration for an account that exists: its endpoint is Azure's own word, its policy
 * the careful one. Nothing is changed.
 * @throws where the account cannot be read
 */
export const firstConfig = async (options: FirstConfigOptions): Promise<CoordinatorConfigInput> => {
  const { name, account, vaultUrl, secret, members, armEndpoint, trial } = options
  const { credential, dataDirectory, port } = options
  const asked = await askArm({ account, credential, endpoint: armEndpoint, now: Date.now })
  if (!asked.account.known) throw new Error(`ACCOUNT_UNREADABLE: ${asked.account.why}`)
  const endpoint = asked.account.value.documentEndpoint
  if (endpoint === null) throw new Error('ACCOUNT_CHANGING: the account has no endpoint yet')
  const fleet =
    members.length > 0
      ? { is: 'members' as const, names: [...members] }
      : { is: 'members' as const, names: [], atLeast: 1 }
  const evidence = trial
    ? { is: 'none' as const, acceptedBy: 'keyturn init --trial', reason: 'a trial' }
    : { is: 'azure' as const }
  return {
    dataDirectory,
    listen: { host: '127.0.0.1', port },
    accounts: [
      {
        ...{ name, account, endpoint, vault: { url: vaultUrl, secret } },
        ...(armEndpoint === undefined ? {} : { armEndpoint }),
        policy: { fleet, evidence, ...(trial ? { limits: trialLimits } : {}) },
      },
    ],
  }
}
