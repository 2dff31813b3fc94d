import type { TokenCredential } from '@azure/core-auth'
import type { Fingerprints, Slot } from '@keyturn/core'
import { type KeysetDocument, keysetDocumentSchema } from '@keyturn/protocol'
import { openArm } from '../azure/arm.ts'
import { publicArm } from '../azure/arm-get.ts'
import { openEvidence } from '../azure/evidence.ts'
import { openProber } from '../azure/probe.ts'
import { type AccountConfig, policyOf } from '../options.ts'
import type { ArmLook } from '../ports.ts'
import { type Asked, type Configured, type Facts, known } from './facts.ts'
import { askArm } from './gather-arm.ts'
import { askRegions } from './gather-regions.ts'
import { askVault } from './gather-vault.ts'
import { askIdentity } from './identity.ts'
import { runningPhase } from './judge-vault.ts'
import { unknown } from './unknown.ts'

export interface GatherOptions {
  readonly account: AccountConfig
  readonly credential: TokenCredential
  /** Who gives out tokens; public Azure's where absent. */
  readonly authority?: string | undefined
  /** What a running coordinator says; `null` where none was named. */
  readonly coordinator: Facts['coordinator']
  readonly release: string
  /** Whether the key that would be regenerated first is tried as well, which counts as its use. */
  readonly probeStandby?: boolean
  /** This machine's clock, ms since 1970. */
  readonly now: () => number
}

const publicAuthority = 'https://login.microsoftonline.com'

/** Asks everything there is to ask about one account. It changes nothing, and prints no key. */
export const gather = async (options: GatherOptions): Promise<Facts> => {
  const { account: config, credential, coordinator, release, now } = options
  const at = { account: config.account, pair: config.pair, credential }
  const arm = { ...at, endpoint: config.armEndpoint }
  const configured = configuredBy(config, options.authority ?? publicAuthority)
  const [identity, asked, vault, look, lastUse] = await Promise.all([
    askIdentity(credential, config.armEndpoint),
    askArm({ account: config.account, credential, endpoint: config.armEndpoint, now }),
    askVault({ config, credential, now }),
    tried(() => openArm(arm).look(null)),
    tried(() => openEvidence(arm).read()),
  ])
  const slots = slotsToTry(options, vault.facts.read, coordinator)
  const prober = openProber({ now, pair: 'readOnly', container: config.policy.probe })
  const { regions, clocks } = await askRegions({
    configured,
    look: look.known ? look.value : null,
    slots,
    prober,
    now,
  })
  return {
    configured,
    identity,
    account: asked.account,
    permissions: asked.permissions,
    locks: asked.locks,
    keys: keysIn(look),
    vault: { ...vault.facts, bytes: bytesOf(config) },
    regions,
    clocks: [asked.clock, vault.clock, ...clocks],
    budget: asked.budget,
    lastUse,
    coordinator,
    release,
  }
}

/** Never a key that a rotation may be about to regenerate: our probe would count as its use. */
const slotsToTry = (
  { probeStandby = false }: GatherOptions,
  read: Facts['vault']['read'],
  coordinator: Facts['coordinator'],
): readonly Slot[] => {
  if (runningPhase({ coordinator })) return []
  const active = (read.known ? read.value.latest?.active : undefined) ?? 'primary'
  return probeStandby ? ['primary', 'secondary'] : [active]
}

const tried = async <T>(ask: () => Promise<T>): Promise<Asked<T>> => {
  try {
    return known(await ask())
  } catch (error) {
    return unknown(error)
  }
}

const keysIn = (look: Asked<ArmLook>): Asked<Fingerprints> =>
  look.known ? known(look.value.view.fingerprints) : look

const configuredBy = (config: AccountConfig, authority: string): Configured => {
  const { policy } = config
  return {
    name: config.name,
    account: config.account,
    pair: config.pair,
    endpoint: config.endpoint,
    armEndpoint: config.armEndpoint ?? publicArm,
    authority,
    vaultUrl: config.vault.url,
    secret: config.vault.secret,
    asksEvidence: policy.evidence.is === 'azure',
    members: policy.fleet.is === 'members' ? policy.fleet.names : [],
    acceptsNoFleet: policy.fleet.is === 'none',
    reportAgeMsMax: policyOf(config).limits.reportAgeMsMax,
  }
}

/** What a keyset of this account takes, with the longest numbers. */
const bytesOf = ({ account, endpoint, pair }: AccountConfig): number => {
  const key = `${'A'.repeat(86)}==`
  const document: KeysetDocument = {
    schema: 'keyturn/v1',
    ...{ account, endpoint, pair, version: Number.MAX_SAFE_INTEGER },
    installation: '00000000-0000-4000-8000-000000000000',
    ...{ active: 'secondary', fenced: ['primary'], keys: { primary: key, secondary: key } },
  }
  return Buffer.byteLength(JSON.stringify(keysetDocumentSchema.parse(document)))
}
