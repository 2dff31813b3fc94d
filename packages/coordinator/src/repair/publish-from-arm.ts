import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TokenCredential } from '@azure/core-auth'
import { type Publication, type Repair, samePublication } from '@keyturn/core'
import type { KeysetDocument } from '@keyturn/protocol'
import { openArm } from '../azure/arm.ts'
import { openVault } from '../azure/vault.ts'
import { keyOf } from '../loop/key.ts'
import type { AccountConfig, CoordinatorConfig } from '../options.ts'
import { readJournal } from '../store/read-journal.ts'
import { draftFrom, type Wish } from './draft.ts'
import { type RepairCode, RepairError } from './error.ts'
import { readPast } from './past.ts'

export interface RepairOptions extends Wish, Repair {
  readonly config: CoordinatorConfig
  readonly account: AccountConfig
  readonly credential: TokenCredential
}

export interface Repaired {
  readonly version: number
  readonly active: Publication['active']
  readonly fenced: Publication['fenced']
  readonly fingerprints: Publication['fingerprints']
  /** What was gone over by force. */
  readonly forced: readonly RepairCode[]
}

/** A replica of the vault may still show the version before for a while. */
const readBackMax = 20
const readBackEveryMs = 500
const knockWithinMs = 2_000

/**
 * Writes a keyset made of Azure's own keys into the vault, without a coordinator, signed by
 * whoever asks for it, and reads it back as the latest. No key is regenerated.
 * @throws {RepairError} where something stands in the way, and what ARM or the vault refuse
 */
export const publishFromArm = async (options: RepairOptions): Promise<Repaired> => {
  const { config, account: place, credential, by, reason } = options
  const { account, pair, endpoint, vault: at } = place
  const arm = openArm({ account, pair, credential, endpoint: place.armEndpoint })
  const vault = openVault({ account, pair, credential, url: at.url, secretName: at.secret })
  const [look, past, coordinatorRuns] = await Promise.all([
    arm.look(null),
    readPast({ account, pair, credential, url: at.url, secretName: at.secret }),
    answers(config.listen),
  ])
  const record = readJournal(config.dataDirectory, keyOf({ account, pair }))
  const { fingerprints: live, idle } = look.view
  const { publication, installation, forced } = draftFrom(
    { live, idle, past, record, coordinatorRuns },
    options,
  )
  const { version, active, fenced, fingerprints } = publication
  const document: KeysetDocument = {
    schema: 'keyturn/v1',
    ...{ account, endpoint, pair, installation, version, active, fenced: [...fenced] },
    repaired: { by, reason },
    keys: { primary: look.keys.primary.reveal(), secondary: look.keys.secondary.reveal() },
  }
  await vault.write(document)
  for (let asked = 0; asked < readBackMax; asked += 1) {
    const { latest } = await vault.read()
    if (latest && samePublication(latest, publication)) {
      return { version, active, fenced, fingerprints, forced }
    }
    await sleep(readBackEveryMs)
  }
  throw new RepairError(
    'NOT_READ_BACK',
    `Version ${version} was written, and Key Vault still shows something else: see who else writes the secret.`,
  )
}

/** Whether something listens where this coordinator would. */
const answers = ({ host, port }: CoordinatorConfig['listen']): Promise<boolean> =>
  new Promise(resolve => {
    if (port === 0) return resolve(false)
    const socket = connect({ host, port, timeout: knockWithinMs })
    const end = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })
