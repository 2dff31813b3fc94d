import { createHmac } from 'node:crypto'
import { request } from 'node:https'
import {
  accountRead,
  authorizationHeader,
  classifyAnswer,
  type SecretKey,
  signedPrefix,
  stringToSign,
} from '@keyturn/core'
import type { Prober, RegionEndpoint } from '../ports.ts'
import { errorCode } from './azure-error.ts'

/** A probe that takes longer says nothing about the key: the region is asked again. */
const probeWithinMs = 10_000
const answerBytesMax = 64 * 1024

/**
 * Tries a key by an account read, which any key may do and which changes nothing. Each probe
 * opens a connection of its own: a kept one may end in a gateway that has not heard yet (P6).
 */
export const openProber = (now: () => number): Prober => ({
  async probe(region, key) {
    try {
      const { status, substatus, text } = await readAccount(region, key, now())
      const { kind } = classifyAnswer({ status, substatus, text })
      return kind === 'accepted' ? null : `HTTP ${status}, ${kind}`
    } catch (error) {
      return errorCode(error) ?? 'no answer'
    }
  },
})

const readAccount = (region: RegionEndpoint, key: SecretKey, now: number) =>
  new Promise<{ status: number; substatus: number | null; text: string }>((resolve, reject) => {
    const date = new Date(now).toUTCString()
    const sent = request(region.endpoint, {
      agent: false,
      signal: AbortSignal.timeout(probeWithinMs),
      headers: {
        accept: 'application/json',
        authorization: authorizationHeader(sign(key, date)),
        'x-ms-date': date,
        'x-ms-version': '2018-12-31',
      },
    })
    sent.on('error', reject)
    sent.on('response', response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text = (text + chunk).slice(0, answerBytesMax)
      })
      response.on('error', reject)
      response.on('end', () => {
        const substatus = response.headers['x-ms-substatus']
        resolve({
          status: response.statusCode ?? 0,
          substatus: typeof substatus === 'string' ? Number(substatus) : null,
          text,
        })
      })
    })
    sent.end()
  })

const sign = (key: SecretKey, date: string): string =>
  createHmac('sha256', Buffer.from(key.reveal(), 'base64'))
    .update(stringToSign(signedPrefix(accountRead), date))
    .digest('base64')
