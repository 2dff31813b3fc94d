/** What a file shows, for applications that cannot follow a sidecar themselves. */
export type Format =
  /** `AccountEndpoint=…;AccountKey=…;` with the active key. */
  | 'connection-string'
  /** `COSMOS_ENDPOINT`, `COSMOS_KEY`, `COSMOS_CONNECTION_STRING`, `KEYTURN_VERSION`. */
  | 'env'
  /** `{ account, endpoint, version, key, connectionString }` with the active key. */
  | 'json'
  /**
   * Any text with `{{endpoint}}`, `{{key}}`, `{{connectionString}}`, `{{account}}`, `{{version}}`
   * and `{{standbyKey}}`, which is empty while the standby is fenced. Who is shown the standby
   * may use it, so it counts as in use until it is fenced: leave it out unless it is needed.
   */
  | { readonly template: string }

/** What happens after a file has changed. */
export type OnChange =
  /**
   * A program and its arguments, run without a shell and without any key: `KEYTURN_FILE` and
   * `KEYTURN_VERSION` are in its environment. Success is exit code 0.
   */
  | { readonly command: readonly [string, ...string[]]; readonly timeoutMs?: number }
  /** A signal to the process that `pidFile` names. It proves nothing: see `RenderedFile`. */
  | { readonly signal: NodeJS.Signals }

/**
 * A file rendered for one consumer, which thereby is a passive client: nobody counts its requests,
 * so all that the file shows counts as in use. It acknowledges a version by its reload command's
 * success together with a start, after the rendering, of the process that `pidFile` names; or by
 * `POST /v1/clients/rendered.{consumer}/ack`. Until then it blocks a rotation.
 */
export interface RenderedFile {
  /** What people call the application that reads it. */
  readonly consumer: string
  /** Absolute; its directory exists. */
  readonly path: string
  readonly format: Format
  /** Default 0o600. */
  readonly mode?: number
  /** By number; default: the process's own. */
  readonly owner?: { readonly uid: number; readonly gid: number }
  readonly onChange?: OnChange
  /**
   * Where the consumer's main process writes its pid: one that starts anew when it reloads, and that
   * this sidecar sees under that pid. Containers of a pod do not share theirs unless it asks for it.
   */
  readonly pidFile?: string
}

/** Under this id a rendered file is a client. */
export const passiveId = (consumer: string): string => `rendered.${consumer}`

export const isPassiveId = (id: string): boolean => id.startsWith('rendered.')
