import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'

/** What a request's signature is made over. */
export interface Signed {
  readonly verb: string
  readonly resourceType: string
  readonly resourceLink: string
  /** The header's text as it came: `x-ms-date`, else `Date`. */
  readonly date: string
}

export interface Authorization {
  readonly type: string
  readonly version: string
  readonly signature: string
}

/**
 * Reads an `authorization` header: `type=…&ver=…&sig=…`, percent-encoded in either case of hex
 * digits, or not at all. `undefined` where it has not that form.
 */
export function parseAuthorization(header: string): Authorization | undefined {
  const decoded = decodeHeader(header)
  if (decoded === undefined) return undefined
  const [type, version, ...rest] = decoded.split('&')
  const signature = rest.join('&')
  if (!startsWith(type, 'type=') || !startsWith(version, 'ver=')) return undefined
  if (!startsWith(signature, 'sig=') || signature.length === 4) return undefined
  return {
    type: type.slice(5).toLowerCase(),
    version: version.slice(4),
    signature: signature.slice(4),
  }
}

const startsWith = (part: string | undefined, name: string): part is string =>
  part !== undefined && part.slice(0, name.length).toLowerCase() === name

function decodeHeader(header: string): string | undefined {
  try {
    return decodeURIComponent(header)
  } catch {
    return undefined
  }
}

/**
 * The text that is signed (Microsoft: "Access control on Azure Cosmos DB resources"): verb, type and
 * date in lower case, the link as it is, then an empty line.
 */
export const stringToSign = ({ verb, resourceType, resourceLink, date }: Signed): string =>
  `${verb.toLowerCase()}\n${resourceType.toLowerCase()}\n${resourceLink}\n${date.toLowerCase()}\n\n`

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
