import { request } from 'node:https'
import type { TokenCredential } from '@azure/core-auth'
import type { Pair } from '@keyturn/core'
import { z } from 'zod'
import type { Evidence } from '../ports.ts'

/**
 * The first version that says when a key was used last, approximately (preview). The ARM package
 * drops the field, so that the account is asked for directly.
 */
export const previewVersion = '2026-04-01-preview'

const publicArm = 'https://management.azure.com'
const answerBytesMax = 1024 * 1024

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
  endpoint = publicArm,
  withinMs = 60_000,
}: EvidenceOptions): Evidence => ({
  async read() {
    const signal = AbortSignal.timeout(withinMs)
    const token = await credential.getToken(`${endpoint}/.default`, { abortSignal: signal })
    if (token === null) throw new Error('CREDENTIAL_MISSING: no token for Azure Resource Manager')
    const url = `${endpoint}${account}?api-version=${previewVersion}`
    const { date, body } = await get(url, token.token, signal)
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
    return { azureNow: date, lastUse: uses[pair], lastUseOfAny }
  },
})

const get = (url: string, token: string, signal: AbortSignal) =>
  new Promise<{ date: number; body: string }>((resolve, reject) => {
    const headers = { accept: 'application/json', authorization: `Bearer ${token}` }
    const sent = request(url, { headers, signal })
    sent.on('error', reject)
    sent.on('response', response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
        if (body.length > answerBytesMax) response.destroy(new Error('the answer is too long'))
      })
      response.on('error', reject)
      response.on('end', () => {
        const date = Date.parse(response.headers.date ?? '')
        if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}`))
        else if (Number.isNaN(date)) reject(new Error('the answer has no date'))
        // Cut to whole seconds: the latest instant that it may mean, or a member's last use just
        // before it let go would seem to come after.
        else resolve({ date: date + 999, body })
      })
    })
    sent.end()
  })
