import { z } from 'zod'
import { nameSchema } from './words.ts'

/**
 * The sidecar's local API, over a Unix socket:
 *
 *   PUT    /v1/clients/{id}         attach, before the first keyset       clientAttachSchema
 *   DELETE /v1/clients/{id}         goodbye                               clientUsageSchema
 *   POST   /v1/clients/{id}/usage   one sample                            clientUsageSchema
 *   GET    /v1/keyset               the keyset                            keysetDocumentSchema
 *   GET    /v1/keyset/stream        server-sent events, `event: keyset`,  keysetDocumentSchema
 *                                   `id:` the version; resumes by Last-Event-ID
 *   GET    /healthz, /readyz
 *
 * The keyset is handed out to attached clients only: both GETs name the client in
 * the header `keyturn-client`. Errors are `application/problem+json` (problemSchema).
 */
export const clientHeader = 'keyturn-client'

export const clientAttachSchema = z.strictObject({
  /** What people call the application. */
  name: nameSchema,
  pid: z.int().min(0),
  /** The Unix socket on which this client listens until it ends; refused means dead. */
  presence: z.string().min(1).max(512),
})

export type ClientAttach = z.infer<typeof clientAttachSchema>

/** Where a sidecar listens unless told otherwise: a directory that pod containers share. */
export const defaultSocketPath = '/run/keyturn/keyturn.sock'

/** The environment variable that names the socket for applications and sidecars alike. */
export const socketVariable = 'KEYTURN_SOCKET'
