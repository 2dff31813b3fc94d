import { z } from 'zod'
import { countSchema, nameSchema } from './words.ts'

/**
 * The sidecar's local API, over a Unix socket, or over loopback TCP with a token:
 *
 *   PUT    /v1/clients/{id}         attach, before the first keyset       clientAttachSchema
 *   DELETE /v1/clients/{id}         goodbye; 409 while it has requests    clientUsageSchema
 *                                   in flight
 *   POST   /v1/clients/{id}/usage   one sample                            clientUsageSchema
 *   POST   /v1/clients/{id}/ack     a passive client has loaded what      acknowledgementSchema
 *                                   was rendered for it
 *   GET    /v1/keyset               the keyset                            keysetDocumentSchema
 *   GET    /v1/keyset/stream        server-sent events, `event: keyset`,  keysetDocumentSchema
 *                                   `id:` the version; resumes by Last-Event-ID
 *   GET    /healthz, /readyz, /metrics, /openapi.json
 *
 * An id is a random name of one process's ring. The open stream is the sign of life: closed, the
 * client is lost until it attaches again or is proven dead. 404 CLIENT_UNKNOWN: attach again.
 * 503 with `retry-after`: no keyset to serve yet. A stream opened early waits for the first one.
 *
 * The keyset is handed out to attached clients only: both GETs name the client in
 * the header `keyturn-client`. Errors are `application/problem+json` (problemSchema).
 */
export const clientHeader = 'keyturn-client'

/** On TCP every request carries in it what the token file holds at that time. */
export const tokenHeader = 'keyturn-token'

export const clientAttachSchema = z.strictObject({
  /** What people call the application. */
  name: nameSchema,
  pid: z.int().min(0),
  /**
   * The file name of the Unix socket on which this client listens until its process ends, in
   * the directory of the sidecar's own socket: containers mount that volume at paths of their
   * own, and nobody can point the sidecar at a socket elsewhere. Refused means dead.
   */
  presence: nameSchema,
})

/**
 * Says that whoever reads a rendered file has loaded this version of it, and that no process is
 * left which has not.
 */
export const acknowledgementSchema = z.strictObject({ version: countSchema })

export const healthSchema = z.strictObject({ status: z.literal('ok') })

export const readinessSchema = z.strictObject({
  status: z.literal('ready'),
  /** Of the keyset that is served. */
  version: countSchema.nullable(),
  joining: z.enum(['joining', 'joined', 'outside']),
})

export type Readiness = z.infer<typeof readinessSchema>

export type ClientAttach = z.infer<typeof clientAttachSchema>

/** Where a sidecar listens unless told otherwise: a directory that pod containers share. */
export const defaultSocketPath = '/run/keyturn/keyturn.sock'

/** The environment variable that names the socket for applications and sidecars alike. */
export const socketVariable = 'KEYTURN_SOCKET'

/** Those that name a sidecar on loopback TCP, and its token, for applications. */
export const sidecarUrlVariable = 'KEYTURN_SIDECAR_URL'
export const sidecarTokenFileVariable = 'KEYTURN_SIDECAR_TOKEN_FILE'
