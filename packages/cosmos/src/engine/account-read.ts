import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline'
import {
  accountRead,
  authorizationHeader,
  classifyAnswer,
  type Fingerprint,
  signedPrefix,
  stringToSign,
} from '@keyturn/core'
import type { Ring } from '@keyturn/keyring'
import type { Transport } from '../transport/transport.ts'
import { substatusOf } from './answer.ts'
import type { ServiceDate } from './date.ts'

/** Whether an account read with a key is accepted at an endpoint; `unknown` proves nothing. */
export type AccountReadVerdict = 'accepted' | 'refused' | 'unknown'

const prefix = signedPrefix(accountRead)
const apiVersion = '2020-07-15'
const timeoutMs = 2000

/**
 * Asks an endpoint by an account read whether a key is dead there or only a container's 401 was
 * ambiguous. Once for all who ask at the same time; the ring learns the answer.
 */
export class AccountReads {
  readonly #ring: Ring
  readonly #transport: Transport
  readonly #date: ServiceDate
  readonly #closing: AbortSignal
  readonly #running = new Map<string, Promise<AccountReadVerdict>>()

  constructor(ring: Ring, transport: Transport, date: ServiceDate, closing: AbortSignal) {
    this.#ring = ring
    this.#transport = transport
    this.#date = date
    this.#closing = closing
  }

  /** Never rejects. `unknown` also where the key may not be used any more. */
  ask(fingerprint: Fingerprint, endpoint: string): Promise<AccountReadVerdict> {
    const name = `${fingerprint} ${endpoint}`
    const running = this.#running.get(name)
    if (running) return running
    const asked = this.#read(fingerprint, endpoint)
      .catch((): AccountReadVerdict => 'unknown')
      .finally(() => this.#running.delete(name))
    this.#running.set(name, asked)
    return asked
  }

  async #read(fingerprint: Fingerprint, endpoint: string): Promise<AccountReadVerdict> {
    if (this.#closing.aborted) return 'unknown'
    const date = this.#date.text()
    const text = stringToSign(prefix, date)
    const begun = this.#ring.begin({
      text,
      endpoint,
      tried: [],
      refreshed: true,
      only: fingerprint,
    })
    if (begun.next !== 'send') return 'unknown'
    const request = createPipelineRequest({
      url: `${endpoint}/`,
      method: 'GET',
      headers: createHttpHeaders({ 'x-ms-version': apiVersion, accept: 'application/json' }),
      abortSignal: AbortSignal.any([this.#closing, AbortSignal.timeout(timeoutMs)]),
      allowInsecureConnection: endpoint.startsWith('http:'),
    })
    try {
      const response = await this.#transport.send(request, {
        authorization: authorizationHeader(begun.signature),
        date,
      })
      return this.#judge(fingerprint, endpoint, response)
    } finally {
      this.#ring.end(fingerprint)
    }
  }

  #judge(
    fingerprint: Fingerprint,
    endpoint: string,
    response: Parameters<typeof substatusOf>[0],
  ): AccountReadVerdict {
    const { kind } = classifyAnswer({
      status: response.status,
      substatus: substatusOf(response),
      text: response.bodyAsText ?? '',
    })
    if (kind === 'accepted') {
      this.#ring.accepted(fingerprint, endpoint)
      return 'accepted'
    }
    if (kind !== 'wrong-key') return 'unknown'
    this.#ring.accountReadRefused(fingerprint, endpoint)
    return 'refused'
  }
}
