import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'

/** What a request's signature is made over. */
export interface Signed {
  readonly verb: string
  readonly resourceType: string
  readonly resourceLink: string
  /** The text of `x-ms-date` as it came; empty where only `Date` came. */
  readonly date: string
  /** The text of `Date`, where it stands for `x-ms-date`. */
  readonly plainDate?: string
}

export interface Authorization {
  readonly type: string
  readonly version: string
  readonly signature: string
}

/** Longer headers with a key's signature are malformed; tokens of Entra are always longer. */
const signedHeaderMax = 1_024

/**
 * Reads an `authorization` header: `type=…&ver=…&sig=…`, percent-encoded in either case of hex
 * digits, or not at all. `undefined` where it has not that form. As the gateway reads it
 * (Azure/azure-cosmos-dotnet-v3 AuthorizationHelper.cs, which client and gateway share): the names
 * are lower case, a plus that is not encoded is a space, and a comma ends the signature.
 */
export function parseAuthorization(header: string): Authorization | undefined {
  const decoded = decodeHeader(header)
  const first = decoded.indexOf('&')
  const second = decoded.indexOf('&', first + 1)
  if (first < 0 || second < 0) return undefined
  if (!decoded.startsWith('type=') || !decoded.startsWith('ver=', first + 1)) return undefined
  if (!decoded.startsWith('sig=', second + 1)) return undefined
  const comma = decoded.indexOf(',', second)
  const type = decoded.slice(5, first).toLowerCase()
  const version = decoded.slice(first + 5, second)
  const signature = decoded.slice(second + 5, comma < 0 ? undefined : comma)
  if (type === '' || version === '' || signature === '') return undefined
  if (type === 'master' && header.length > signedHeaderMax) return undefined
  return { type, version, signature }
}

/** What is no encoding of anything stays as it is. */
function decodeHeader(header: string): string {
  const spaced = header.includes('+') ? header.replaceAll('+', ' ') : header
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced.replaceAll(/%([0-9a-f]{2})/gi, (_, digits) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    )
  }
}

/**
 * The text that is signed (Microsoft: "Access control on Azure Cosmos DB resources"): verb, type and
 * date in lower case, the link as it is. The last line is empty, or `Date` where `x-ms-date` is.
 */
export const stringToSign = (signed: Signed): string => {
  const { verb, resourceType, resourceLink, date, plainDate = '' } = signed
  const dates = `${date.toLowerCase()}\n${plainDate.toLowerCase()}\n`
  return `${verb.toLowerCase()}\n${resourceType.toLowerCase()}\n${resourceLink}\n${dates}`
}

/** HMAC-SHA256 over the text, with the base64-decoded key: 32 bytes. */
export const sign = (text: string, secret: KeyObject): Buffer =>
  createHmac('sha256', secret).update(text, 'utf8').digest()

/** 32 bytes in base64, nothing before, between or after. */
const signatureForm = /^[A-Za-z0-9+/]{43}=$/

/**
 * The bytes of a signature's text, or `undefined` where they cannot be one. Base64 leaves two bits
 * of the last digit unused; a text that sets them is refused, so that one signature has one spelling.
 */
export function signatureBytes(text: string): Buffer | undefined {
  if (!signatureForm.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** Whether the signature was made over this text with this key; takes the same time either way. */
export const verifies = (text: string, signature: Buffer, secret: KeyObject): boolean =>
  signature.length === 32 && timingSafeEqual(signature, sign(text, secret))
