import { randomUUID } from 'node:crypto'
import * as armErrors from './arm/errors.ts'
import type { Clock } from './clock.ts'
import { entraError } from './entra/errors.ts'
import type { Call, Handler, Reply } from './http/call.ts'
import { type Service, serve } from './http/serve.ts'
import type { Listener } from './tls/server.ts'
import * as vaultErrors from './vault/errors.ts'
import type { Fault, ServiceName, Weather } from './weather/weather.ts'
import type { ManagementRecord, Witness } from './witness.ts'

export interface Surroundings {
  readonly clock: Clock
  readonly weather: Weather
  readonly witness: Witness
  /** Ends calls that sleep when the simulator stops. */
  readonly signal: AbortSignal
}

/** ARM behind weather and witness, with the headers that its answers carry. */
export function armService(around: Surroundings, handle: Handler): Listener {
  return service(around, 'arm', handle, {
    throttled: armErrors.throttled,
    failed: armErrors.internalError,
    tooLarge: armErrors.tooLarge,
    headers: () => {
      const id = randomUUID()
      return {
        ...secure,
        server: 'Microsoft-HTTPAPI/2.0',
        date: dateOf(around, 'arm'),
        'x-ms-request-id': id,
        'x-ms-correlation-request-id': id,
        'x-ms-routing-request-id': `WESTUS:${timestamp(around.clock)}:${id}`,
        'x-ms-gatewayversion': 'version=2.14.0',
      }
    },
    record: (call, fault, reply) => around.witness.arm(recordOf(around.clock, call, fault, reply)),
  })
}

export function vaultService(around: Surroundings, handle: Handler): Listener {
  return service(around, 'vault', handle, {
    throttled: vaultErrors.throttled,
    failed: vaultErrors.serviceUnavailable,
    tooLarge: vaultErrors.tooLarge,
    headers: () => ({
      ...secure,
      // Recorded of the vault without a space (terraform-provider-azurerm issue 19749).
      'strict-transport-security': 'max-age=31536000;includeSubDomains',
      date: dateOf(around, 'vault'),
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      expires: '-1',
      'x-ms-keyvault-region': 'westus',
      'x-ms-keyvault-service-version': '1.9.640.1',
      'x-ms-keyvault-network-info': 'conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;',
      'x-ms-request-id': randomUUID(),
    }),
    record: (call, fault, reply) =>
      around.witness.vault(recordOf(around.clock, call, fault, reply)),
  })
}

/** Entra's calls are not witnessed: nothing is decided by them. */
export function entraService(around: Surroundings, handle: Handler): Listener {
  const refuse = (status: number, error: string, code: number, text: string): Reply =>
    entraError(status, error, code, text, around.clock.now())
  return service(around, 'entra', handle, {
    throttled: retryAfterSeconds => {
      const text = 'The server is too busy to handle the request.'
      const reply = refuse(429, 'temporarily_unavailable', 90055, text)
      return { ...reply, headers: { ...reply.headers, 'retry-after': `${retryAfterSeconds}` } }
    },
    failed: () => {
      const text = 'The service is temporarily unavailable. Please retry later.'
      return refuse(503, 'temporarily_unavailable', 90033, text)
    },
    tooLarge: () => refuse(413, 'invalid_request', 900144, 'The request body is too large.'),
    headers: () => ({
      ...secure,
      date: dateOf(around, 'entra'),
      'x-ms-request-id': randomUUID(),
    }),
    record: () => {},
  })
}

/** The simulator's own endpoint: always fair weather, never witnessed. */
export function controlService(around: Surroundings, handle: Handler): Listener {
  const service: Service = {
    name: 'control',
    handle,
    fault: () => ({ kind: 'none', delayMs: 0, retryAfterSeconds: 0 }),
    throttled: () => ({ status: 429 }),
    failed: () => ({ status: 500 }),
    tooLarge: () => ({ status: 413, body: { error: 'The request body is too large.' } }),
    headers: () => ({}),
    record: () => {},
  }
  return serve(service, around.clock, around.signal)
}

const secure = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
}

function service(
  { weather, clock, signal }: Surroundings,
  name: ServiceName,
  handle: Handler,
  rest: Omit<Service, 'name' | 'handle' | 'fault'>,
): Listener {
  const struck = new WeakMap<Call, Fault['kind']>()
  const fault = (call: Call): Fault => {
    const fault = weather.strike(name, call.method, call.path)
    struck.set(call, fault.kind)
    return fault
  }
  const handled: Handler = async call => {
    const kind = struck.get(call)
    if (kind === 'expired') return handle({ ...call, tokenExpired: true })
    const reply = await handle(call)
    // The effect stands, and so does its note: only the answer is another one.
    return kind === 'broken' ? { ...rest.failed(), ...noteOf(reply) } : reply
  }
  return serve({ name, handle: handled, fault, ...rest }, clock, signal)
}

const noteOf = ({ note }: Reply): Pick<Reply, 'note'> => (note === undefined ? {} : { note })

/** By the service's own clock, which may be wrong. */
function dateOf({ clock, weather }: Surroundings, name: ServiceName): string {
  return new Date(clock.now() + weather.settings[name].skewMs).toUTCString()
}

/** What may be a key that somebody put into a path: nothing that ARM and the vault name is so long. */
const keyLike = /[A-Za-z0-9+_%=-]{60,}/g

function recordOf(
  clock: Clock,
  call: Call,
  fault: Fault['kind'],
  reply: Reply | null,
): ManagementRecord {
  return {
    at: clock.now(),
    verb: call.method,
    path: call.path.replace(keyLike, '*'),
    status: reply?.status ?? 0,
    ...(fault === 'none' ? {} : { fault }),
    ...reply?.note,
  }
}

function timestamp(clock: Clock): string {
  return `${new Date(clock.now()).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`
}
