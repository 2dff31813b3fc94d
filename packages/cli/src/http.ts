import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { isPlainBeyondLoopback } from '@keyturn/protocol'
import { Failure, sentenceOf, UsageError } from './failure.ts'
import type { Settings } from './settings/table.ts'

/** One request, as the platform's `fetch` takes it. */
export type Send = (url: string, init: RequestInit) => Promise<Response>

/**
 * The coordinator's URL, without a slash at its end.
 * @throws {Failure} `PLAIN_HTTP_REFUSED` where a token would be shown to the network, and nobody accepts that.
 */
export const secureUrl = (url: string, { plainAcceptedBy }: Settings): string => {
  if (isPlainBeyondLoopback(url) && !plainAcceptedBy) {
    const sentence = `Plain HTTP would show your token to the network on the way to ${new URL(url).host}: name the coordinator by https, or who accepts that with --plain-accepted-by.`
    throw new Failure(sentence, 'PLAIN_HTTP_REFUSED')
  }
  return url.replace(/\/$/, '')
}

/**
 * Requests that trust what was named besides the system's authorities, and present a certificate
 * where one was named. Undici is loaded only then: Node's own `fetch` cannot be told.
 * @throws {UsageError} where a file cannot be read.
 */
export const openSend = async ({ ca, cert, certKey }: Settings): Promise<Send> => {
  if (ca === undefined && cert === undefined) return fetch
  const tls = {
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), pem('--ca', ca)] }),
    ...(cert === undefined ? {} : { key: keyOf(certKey), cert: pem('--cert', cert) }),
  }
  const { Agent, fetch: ours } = await import('undici')
  const dispatcher = new Agent({ connect: tls })
  return (url, init) =>
    ours(url, { ...init, dispatcher } as Parameters<typeof ours>[1]) as Promise<Response>
}

const keyOf = (path: string | undefined): string => {
  if (path === undefined) throw new UsageError('Name the certificate’s key with --cert-key.')
  return pem('--cert-key', path)
}

const pem = (flag: string, path: string): string => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`The file of ${flag} cannot be read: ${sentenceOf(error)}.`)
  }
  if (!text.includes('-----BEGIN ')) throw new UsageError(`${flag}: ${path} is no PEM file.`)
  return text
}

/** Why nothing came back, for a person; TLS has many ways to say no. */
export const unanswered = (url: string, error: unknown): Failure => {
  const code = codesOf(error)
  if (code.some(each => untrusted.test(each))) {
    const sentence = `The certificate of ${url} is not trusted (${code[0]}): name the authority with --ca.`
    return new Failure(sentence, 'TLS_UNTRUSTED')
  }
  if (code.some(each => /^(ERR_TLS_CERT_ALTNAME_INVALID|CERT_HAS_EXPIRED)$/.test(each))) {
    const sentence = `The certificate of ${url} does not hold (${code[0]}): it is another name’s, or too old.`
    return new Failure(sentence, 'TLS_REFUSED')
  }
  if (code.some(each => /^(ERR_SSL_|EPROTO|HPE_)/.test(each))) {
    const sentence = `What answers at ${url} speaks another protocol (${code[0]}): is it http or https?`
    return new Failure(sentence, 'TLS_REFUSED')
  }
  const why = code[0] === undefined || code[0] === 'ECONNREFUSED' ? '' : ` (${code[0]})`
  const sentence = `No coordinator answers at ${url}${why}: start it, or name it with --coordinator.`
  return new Failure(sentence, 'COORDINATOR_UNREACHABLE')
}

const untrusted =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_.*|CERT_UNTRUSTED)$/

/** The codes of an error and of what caused it, the innermost first. */
const codesOf = (error: unknown): string[] => {
  if (typeof error !== 'object' || error === null) return []
  const { cause, code, name, errors } = error as ErrorLike
  const inner = [...codesOf(cause), ...(errors ?? []).flatMap(codesOf)]
  const own =
    typeof code === 'string' ? [code] : name === 'TimeoutError' ? ['no answer in time'] : []
  return [...inner, ...own]
}

interface ErrorLike {
  readonly cause?: unknown
  readonly code?: unknown
  readonly name?: unknown
  readonly errors?: readonly unknown[]
}
