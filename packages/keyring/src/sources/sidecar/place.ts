import { dirname } from 'node:path'
import {
  defaultSocketPath,
  sidecarTokenFileVariable,
  sidecarUrlVariable,
  socketVariable,
} from '@keyturn/protocol'
import type { TcpPlace } from './http.ts'

/** Where a sidecar is: the path of its Unix socket, or a port of this machine. */
export type Place = string | TcpPlace

/** As options and environment name it; what a caller names himself counts more. */
export const placeOf = (
  {
    socket,
    url,
    tokenFile,
  }: { readonly socket?: string; readonly url?: string; readonly tokenFile?: string },
  env: Readonly<Record<string, string | undefined>>,
): Place => {
  if (socket !== undefined && url !== undefined) {
    throw new TypeError('A sidecar is at a socket or at a URL: name one of the two.')
  }
  const socketNamed = socket ?? (url === undefined ? env[socketVariable] : undefined)
  if (socketNamed !== undefined) return socketNamed
  const urlNamed = url ?? env[sidecarUrlVariable]
  if (urlNamed === undefined) return defaultSocketPath
  const file = tokenFile ?? env[sidecarTokenFileVariable]
  if (file === undefined) {
    throw new TypeError(
      `The sidecar at ${urlNamed} lets nobody in without its token: name the file with tokenFile, ` +
        `or with ${sidecarTokenFileVariable}.`,
    )
  }
  return { url: urlNamed, tokenFile: file }
}

/** Where presence sockets lie: beside the sidecar's socket, or beside its token. */
export const directoryOf = (place: Place): string =>
  dirname(typeof place === 'string' ? place : place.tokenFile)

export const nameOfPlace = (place: Place): string => (typeof place === 'string' ? place : place.url)
