import { z } from 'zod'
import { nameSchema } from './words.ts'

/**
 * The sidecar's local API, over a Unix socket:
 *
 *   PUT    /v1/clients/{id}         attach, before the first keyset       clientAttachSchema
 *   DELETE /v1/clients/{id}         goodbye; 409 while it has requests    clientUsageSchema
 *                                   in flight
 *   POST   /v1/clients/{id}/usage   one sample                            clientUsageSchema
 *   GET    /v1/keyset               the keyset                            keysetDocumentSchema
 *   GET    /v1/keyset/stream        server-sent events, `event: keyset`,  keysetDocumentSchema
 *                                   `id:` the version; resumes by Last-Event-ID
 *   GET    /healthz, /readyz
 *
 * An id is a random name of one process's ring. The open stream is the sign of life: closed, the
 * client is lost until it attaches again or is proven dead. 404 CLIENT_UNKNOWN: attach again.
 * 503 with `retry-after`: no keyset to serve yet. A stream opened early waits for the first one.
 *
 * The keyset is handed out to attached clients only: both GETs name the client in
 * the header `keyturn-client`. Errors are `application/problem+json` (problemSchema).
 */
export const clientHeader = 'keyturn-client'

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

export type ClientAttach = z.infer<typeof clientAttachSchema>

/** Where a sidecar listens unless told otherwise: a directory that pod containers share. */
export const defaultSocketPath = '/run/keyturn/keyturn.sock'

/** The environment variable that names the socket for applications and sidecars alike. */
export const socketVariable = 'KEYTURN_SOCKET'
