// Nanoseconds of each function on the path of a healthy key, and what the engine as a whole adds
// to an attempt: a transport that answers at once, with the engine before it and without.

import { randomBytes } from 'node:crypto'
import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { authorizationHeader, stringToSign } from '@keyturn/core'
import { fixed, Key, Ring, systemClock } from '@keyturn/keyring'
import { Bench } from 'tinybench'
import { ServiceDate } from '../../packages/cosmos/src/engine/date.ts'
import { Engine } from '../../packages/cosmos/src/engine/engine.ts'
import { Permits } from '../../packages/cosmos/src/engine/permits.ts'
import { readTicket, writeTicket } from '../../packages/cosmos/src/engine/ticket.ts'
import { ReceivedHeaders } from '../../packages/cosmos/src/transport/headers.ts'
import type { Transport } from '../../packages/cosmos/src/transport/transport.ts'
import { splitUrl } from '../../packages/cosmos/src/transport/undici.ts'
import { serviceHeaders } from './answers.ts'

export interface HotFunction {
  readonly name: string
  readonly nanos: number
  /** Relative margin of error, in percent. */
  readonly marginPercent: number
}

export interface EngineFigures {
  /** Everything that the engine adds to a network attempt, in microseconds. */
  readonly attemptMicros: number
  /** Of that, the HMAC. */
  readonly signingMicros: number
  /** Of that, choosing a key and counting its use, twice. */
  readonly meteringAndChoosingMicros: number
}

const url = 'https://bench-westeurope.documents.azure.com:443/dbs/bench/colls/items/docs/item-1'
const endpoint = 'https://bench-westeurope.documents.azure.com'
/** Name and value in turn, as a parser hands them out. */
const received = Object.entries(serviceHeaders)
  .flat()
  .map(text => Buffer.from(text))
const newKey = (): string => randomBytes(64).toString('base64')
const operation = { verb: 'GET', resourceType: 'docs', resourceId: 'dbs/bench/colls/items/docs/1' }

const requestWith = (authorization: string) =>
  createPipelineRequest({
    url,
    headers: createHttpHeaders({
      authorization: encodeURIComponent(authorization),
      'x-ms-date': new Date().toUTCString(),
    }),
  })

const makeParts = () => {
  const keys = { primary: newKey(), secondary: newKey() }
  const ring = new Ring({ source: fixed(keys) }).start()
  const request = requestWith(writeTicket(operation))
  const response: PipelineResponse = {
    request,
    status: 200,
    headers: new ReceivedHeaders(received),
    bodyAsText: '{}',
  }
  const answer = Promise.resolve(response)
  const transport: Transport = { connections: 64, send: () => answer, close: async () => {} }
  const lease = { ring, start: () => void ring.start(), giveBack: (ms: number) => ring.stop(ms) }
  const engine = new Engine({ lease, transport })
  return { keys, ring, request, transport, engine }
}

export const measureHotFunctions = async (
  timeMs: number,
): Promise<{ readonly engine: EngineFigures; readonly functions: readonly HotFunction[] }> => {
  const { keys, ring, request, transport, engine } = makeParts()
  const key = new Key(keys.primary)
  const date = new ServiceDate(systemClock)
  const ticket = encodeURIComponent(writeTicket(operation))
  const prefix = readTicket(ticket)?.prefix ?? ''
  const text = stringToSign(prefix, date.text())
  const signature = key.sign(text)
  const permits = new Permits(64)
  const asked = { text, endpoint, tried: [], refreshed: false, trial: null }
  const bench = new Bench({ time: timeMs, warmupTime: timeMs / 4 })
    .add('ticket written', () => writeTicket(operation))
    .add('ticket read', () => readTicket(ticket))
    .add('date', () => date.text())
    .add('string to sign', () => stringToSign(prefix, date.text()))
    .add('signature', () => key.sign(text))
    .add('authorization header', () => authorizationHeader(signature))
    .add('key chosen, counted and signed', () => {
      const begun = ring.begin(asked)
      if (begun.next === 'send') ring.end(begun.fingerprint)
    })
    .add('permit', () => {
      permits.acquire()
      permits.release()
    })
    .add('URL split', () => splitUrl(url))
    .add('headers received', () => new ReceivedHeaders(received).toJSON())
    .add('attempt without the engine', () => transport.send(request, null))
    .add('attempt with the engine', () => engine.sendRequest(request))
  await bench.run()
  await engine.close()
  const functions = bench.tasks.map(({ name, result }): HotFunction => {
    if (!('latency' in result)) throw new Error(`${name} could not be measured.`)
    const { p50, rme } = result.latency
    return { name, nanos: Math.round(p50 * 1e6), marginPercent: Number(rme.toFixed(1)) }
  })
  return { engine: engineFigures(functions), functions }
}

const engineFigures = (functions: readonly HotFunction[]): EngineFigures => {
  const micros = (name: string): number => {
    const found = functions.find(each => each.name === name)
    if (found === undefined) throw new Error(`${name} was not measured.`)
    return found.nanos / 1000
  }
  const rounded = (value: number): number => Number(value.toFixed(2))
  return {
    attemptMicros: rounded(
      micros('attempt with the engine') - micros('attempt without the engine'),
    ),
    signingMicros: rounded(micros('signature')),
    meteringAndChoosingMicros: rounded(
      micros('key chosen, counted and signed') - micros('signature'),
    ),
  }
}
