import {
  createHttpHeaders,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import {
  accountRead,
  authorizationHeader,
  classifyAnswer,
  type Fingerprint,
  signedPrefix,
  stringToSign,
} from '@keyturn/core'
import type { AccountRead } from '../../../packages/sidecar/src/probe/account-read.ts'
import type { Timeline } from '../time/timeline.ts'
import type { AzureAccount, AzureKey, Region } from './account.ts'

export interface Answer {
  readonly status: number
  readonly text: string
}

const epochWall = Date.UTC(2030, 0, 1)
const ok: Answer = { status: 200, text: '{}' }
const wrongKey: Answer = {
  status: 401,
  text: '{"code":"Unauthorized","message":"The wrong key is being used"}',
}
const clockToleranceMs = 15 * 60_000
const accountPrefix = signedPrefix(accountRead)

/** Cosmos DB's data plane, as far as keys go: it finds out itself which key signed. */
export class DataPlane {
  readonly account: AzureAccount
  readonly #timeline: Timeline

  constructor(account: AzureAccount, timeline: Timeline) {
    this.account = account
    this.#timeline = timeline
  }

  region(url: string): Region | null {
    const { regions, endpoint } = this.account
    if (url.startsWith(endpoint)) return regions[0] ?? null
    return regions.find(one => url.startsWith(one.endpoint)) ?? null
  }

  isDown(region: Region): boolean {
    return this.#timeline.now < region.downUntil
  }

  /** The key that made this signature, dead ones included; `null`: nobody's. */
  signer(prefix: string, date: string, authorization: string): AzureKey | null {
    const text = stringToSign(prefix, date)
    const { all } = this.account
    return all.find(({ key }) => authorizationHeader(key.sign(text)) === authorization) ?? null
  }

  /** `ofContainer`: the account read knows of no container, and of none that was made anew. */
  judge(
    region: Region,
    fingerprint: Fingerprint | null,
    date: string,
    ofContainer: boolean,
  ): Answer {
    const serverNow = epochWall + this.#timeline.now
    if (Math.abs(Date.parse(date) - serverNow) > clockToleranceMs) {
      const server = new Date(serverNow).toUTCString()
      const message = `The authorization token is not valid at the current time. Please create another token and retry (token start time: ${date}, token expiry time: ${date}, current server time: ${server}).`
      return { status: 403, text: JSON.stringify({ code: 'Forbidden', message }) }
    }
    if (fingerprint === null || !this.account.accepts(region, fingerprint)) return wrongKey
    if (ofContainer && this.#timeline.now < region.containerAnewUntil) return wrongKey
    return ok
  }

  /** Whose key made the signature of an account read. */
  accountReader(signature: string, date: string): Fingerprint | null {
    return this.signer(accountPrefix, date, authorizationHeader(signature))?.fingerprint ?? null
  }

  readAccount(region: Region, signer: Fingerprint | null, date: string): AccountRead {
    const { status, text } = this.judge(region, signer, date, false)
    const verdict = classifyAnswer({ status, substatus: null, text })
    const regions =
      verdict.kind === 'accepted' ? this.account.regions.map(({ endpoint }) => endpoint) : []
    return { is: 'answered', verdict, regions }
  }
}

export const responseTo = (request: PipelineRequest, answer: Answer): PipelineResponse => ({
  request,
  status: answer.status,
  headers: createHttpHeaders(),
  bodyAsText: answer.text,
})
