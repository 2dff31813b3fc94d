/** What a request's path names, and the two values that its signature is made over. */
export interface Address {
  /** `dbs`, `colls`, `docs`, …; empty for the account itself. */
  readonly type: string
  /** The link that is signed: the item's own, or for a feed its parent's. Rid-based: lower-cased. */
  readonly link: string
  /** The decoded path segments, without slashes at either end. */
  readonly segments: readonly string[]
  readonly isFeed: boolean
  readonly ridBased: boolean
}

const accountAddress: Address = {
  type: '',
  link: '',
  segments: [],
  isFeed: false,
  ridBased: false,
}

/**
 * A database's rid is four bytes, so eight characters of base64 that end in `==`; `/` is written
 * `-`. A database *named* so is taken for a rid, as the service takes it.
 */
const databaseRid = /^[A-Za-z0-9+-]{6}==$/

function decode(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/**
 * Reads a request's path. Never throws: whether the path names something that exists is for the
 * router to say, after the signature has been checked.
 *
 * Name-based links keep their case. Rid-based links are the last rid alone, lower-cased, and so is
 * an offer's (Microsoft: "Access control on Azure Cosmos DB resources", and the published vectors).
 */
export function parseAddress(url: string): Address {
  const end = url.search(/[?#]/)
  const path = end === -1 ? url : url.slice(0, end)
  const segments = path
    .split('/')
    .filter(segment => segment !== '')
    .map(decode)
  if (segments.length === 0) return accountAddress
  // An operation is signed as the container that it is done to.
  const named = segments.at(-2) === 'operations' ? segments.slice(0, -2) : segments
  const isFeed = named.length % 2 === 1
  const type = (isFeed ? named.at(-1) : named.at(-2)) ?? ''
  const owner = isFeed ? named.slice(0, -1) : named
  const ridBased = segments[0] === 'dbs' && databaseRid.test(segments[1] ?? '')
  const alone = (owner.at(-1) ?? '').toLowerCase()
  const link = type === 'offers' || ridBased ? alone : owner.join('/')
  return { type, link, segments, isFeed, ridBased }
}
