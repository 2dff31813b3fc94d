import type { TokenCredential } from '@azure/core-auth'
import type { Pair } from '@keyturn/core'
import { z } from 'zod'
import type { Evidence } from '../ports.ts'
import { armGet } from './arm-get.ts'

/**
 * The first version that says when a key was used last, approximately (preview). The ARM package
 * drops the field, so that the account is asked for directly.
 */
export const previewVersion = '2026-04-01-preview'

const keySchema = z.object({ approximateLastUsageTime: z.iso.datetime().optional() })
const accountSchema = z.object({
  properties: z.object({
    keysMetadata: z.object({
      primaryMasterKey: keySchema,
      secondaryMasterKey: keySchema,
      primaryReadonlyMasterKey: keySchema,
      secondaryReadonlyMasterKey: keySchema,
    }),
  }),
})

export interface EvidenceOptions {
  /** ARM resource id of the account. */
  readonly account: string
  readonly credential: TokenCredential
  readonly pair: Pair
  /** Of another cloud, or of an embedded Azure; public Azure by default. */
  readonly endpoint?: string | undefined
  readonly withinMs?: number
}

/** Azure's own word on each key's last use, on Azure's own clock: the answer's date. */
export const openEvidence = ({
  account,
  credential,
  pair,
  endpoint,
  withinMs = 60_000,
}: EvidenceOptions): Evidence => ({
  async read() {
    const path = `${account}?api-version=${previewVersion}`
    const { status, date, body } = await armGet(path, { credential, endpoint, withinMs })
    if (status !== 200) throw new Error(`HTTP ${status}`)
    if (Number.isNaN(date)) throw new Error('the answer has no date')
    const { keysMetadata } = accountSchema.parse(JSON.parse(body)).properties
    const at = (key: keyof typeof keysMetadata): number | null => {
      const said = keysMetadata[key].approximateLastUsageTime
      return said === undefined ? null : Date.parse(said)
    }
    const uses = {
      readWrite: { primary: at('primaryMasterKey'), secondary: at('secondaryMasterKey') },
      readOnly: {
        primary: at('primaryReadonlyMasterKey'),
        secondary: at('secondaryReadonlyMasterKey'),
      },
    }
    const known = Object.values(uses)
      .flatMap(({ primary, secondary }) => [primary, secondary])
      .filter(use => use !== null)
    const lastUseOfAny = known.length > 0 ? Math.max(...known) : null
    // Cut to whole seconds: the latest instant that it may mean, or a member's last use just
    // before it let go would seem to come after.
    return { azureNow: date + 999, lastUse: uses[pair], lastUseOfAny }
  },
})
