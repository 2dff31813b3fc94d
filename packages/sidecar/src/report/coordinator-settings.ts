import { readFile } from 'node:fs/promises'
import { reasonOf, SidecarError } from '../error.ts'

export interface CoordinatorSettings {
  /** Base URL, for example `https://keyturn.internal:8443`. */
  readonly url: string
  /**
   * Who accepts that reports and the token leave the machine over plain HTTP, for a mesh has the
   * TLS. Without it such a URL is refused with `PLAIN_HTTP_REFUSED`.
   */
  readonly plainAcceptedBy?: string
  /** Bearer token; a function is asked before each report, so that tokens may rotate. */
  readonly token?: string | (() => string | Promise<string>)
  /**
   * A file with the token, read before each report: a projected service-account token, one of
   * Entra that something else renews, or the coordinator's member token.
   */
  readonly tokenFile?: string
  /** PEM of an authority to trust for the coordinator. */
  readonly ca?: string | readonly string[]
  /** The same as a file, looked at before each report, so that authorities may change. */
  readonly caFile?: string
  /** A certificate to present (mutual TLS): PEM files, looked at before each report. */
  readonly certificate?: { readonly certFile: string; readonly keyFile: string }
}

/** What is presented as a bearer token now; `null`: nothing. */
export const bearerOf = async ({
  token,
  tokenFile,
}: CoordinatorSettings): Promise<string | null> => {
  if (tokenFile !== undefined) return (await readIdentity(tokenFile)).trim()
  const bearer = typeof token === 'function' ? await token() : token
  return bearer === undefined ? null : bearer.trim()
}

/** @throws SidecarError IDENTITY_UNREADABLE */
export const readIdentity = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new SidecarError(
      'IDENTITY_UNREADABLE',
      `The file ${path}, by which the coordinator knows this member, cannot be read (${reasonOf(error)}): mount it, or name another.`,
      error,
    )
  }
}
