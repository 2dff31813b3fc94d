import type { Fingerprints, Pair, Slot } from '@keyturn/core'
import type { AccountStatus } from '@keyturn/protocol'
import type { VaultRead } from '../ports.ts'

/** An answer, or why there is none. */
export type Asked<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string; readonly status?: number | undefined }

export const known = <T>(value: T): Asked<T> => ({ known: true, value })

/** Everything that the doctor's judgement may look at. No key is among it. */
export interface Facts {
  readonly configured: Configured
  /** Whom Azure takes this process for. */
  readonly identity: Asked<Identity>
  readonly account: Asked<AccountFacts>
  readonly permissions: Asked<readonly Permission[]>
  /** Scope by scope, from the account outwards. */
  readonly locks: readonly { readonly scope: string; readonly found: Asked<readonly Lock[]> }[]
  readonly keys: Asked<Fingerprints>
  readonly vault: VaultFacts
  /** The account's own endpoint and each region's. */
  readonly regions: readonly RegionFacts[]
  readonly clocks: readonly ClockFacts[]
  /** What ARM says is left to this caller, by the name of its header. */
  readonly budget: Readonly<Record<string, number>>
  /** When Azure saw each key last, ms since 1970; `null`: no use on record. */
  readonly lastUse: Asked<{
    readonly azureNow: number
    readonly lastUse: Readonly<Record<Slot, number | null>>
  }>
  /** What a running coordinator says; `null`: none was named. */
  readonly coordinator: Asked<AccountStatus | null> | null
  /** This release's version. */
  readonly release: string
}

/** What the configuration says of one account. */
export interface Configured {
  readonly name: string
  /** ARM resource id. */
  readonly account: string
  readonly pair: Pair
  readonly endpoint: string
  readonly armEndpoint: string
  /** Who gives out tokens (`AZURE_AUTHORITY_HOST`). */
  readonly authority: string
  readonly vaultUrl: string
  readonly secret: string
  readonly asksEvidence: boolean
  /** Members that the policy names. */
  readonly members: readonly string[]
  /** Whether somebody has accepted in writing that there is no fleet. */
  readonly acceptsNoFleet: boolean
  /** How long a member may be silent by its policy, ms. */
  readonly reportAgeMsMax: number
}

/** As its token says; `null`: it does not say. */
export interface Identity {
  readonly objectId: string | null
  readonly tenant: string | null
}

export interface AccountFacts {
  readonly provisioningState: string
  readonly documentEndpoint: string | null
  readonly localAuthDisabled: boolean
  readonly metadataWritesClosed: boolean
  readonly capabilities: readonly string[]
  readonly publicNetworkAccess: string
  readonly ipRules: number
  readonly networkRules: number
  readonly privateEndpoints: number
}

/** One role's grants, as `Microsoft.Authorization/permissions` lists them. */
export interface Permission {
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
}

export interface Lock {
  readonly id: string
  readonly level: string
}

export interface VaultFacts {
  /** What stands there, and whether it could be read. */
  readonly read: Asked<VaultRead>
  /** Whether a write is let through; asked by one whose form the vault refuses. */
  readonly set: Asked<boolean>
  /** Whom the vault names as the one who gives out its tokens. */
  readonly authority: Asked<string | null>
  /** Bytes of the secret that would be written. */
  readonly bytes: number
}

export interface RegionFacts {
  readonly name: string
  readonly endpoint: string
  /** What a request without a key met: HTTP status, and whether a firewall turned it away. */
  readonly reached: Asked<{ readonly status: number; readonly blocked: boolean }>
  /** `null`: accepted; a text: what was met; absent: not tried. */
  readonly keys: Readonly<Partial<Record<Slot, string | null>>>
}

export interface ClockFacts {
  /** ARM, Key Vault, or a region. */
  readonly of: string
  /** How far it is ahead of ours, ms; give or take a second. */
  readonly aheadMs: Asked<number>
}
