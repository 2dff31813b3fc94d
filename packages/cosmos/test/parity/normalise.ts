/** A difference that must be, told why. Nothing else may differ. */
export type Difference = {
  readonly name: string
  readonly why: string
} & (
  | {
      /** The path of a value, such as `diagnostics.clientConfig.tokenProviderConfigured`. */
      readonly at: RegExp
      /** Only values of this form may differ. */
      readonly like?: RegExp
    }
  /** A part of a text; what its first group holds is compared. */
  | { readonly find: RegExp }
)

export const differences: readonly Difference[] = [
  {
    name: 'token provider',
    why: 'the keys sign by way of the SDK’s option tokenProvider, and its diagnostics say so',
    at: /\bclientConfig\.tokenProviderConfigured$/,
    like: /^(true|false)$/,
  },
  {
    name: 'authorization',
    why: 'the SDK’s diagnostics see an unsigned ticket; the signature is made at the attempt',
    at: /\bheaders\.authorization$/,
    like: /^(type%3Dmaster%26|keyturn-ticket%3A)/,
  },
  {
    name: 'id',
    why: 'drawn for each request, item or node of the diagnostics, by the service or the SDK',
    find: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi,
  },
  {
    name: 'etag',
    why: 'ends with the time of the change; what precedes it counts changes',
    find: /\b([0-9a-f]{8}-0000-0[0-9a-f]00-0000-)[0-9a-f]{12}/g,
  },
  {
    name: 'date',
    why: 'when it happened',
    at: /(^|\.)(x-ms-date|date|last-modified|timestamp|_ts|start_?time\w*|\w*TimeUTCInMs)$/i,
  },
  {
    name: 'date',
    why: 'when it happened, within a sentence',
    find: /\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d gmt/gi,
  },
  {
    name: 'resource token',
    why: 'holds the time until which it is good, and is signed over it',
    at: /\b_token$/,
    like: /^type=resource&ver=1&sig=/,
  },
  {
    name: 'encryption key',
    why: 'drawn by the SDK',
    at: /\bwrappedDataEncryptionKey$/,
  },
  {
    name: 'duration',
    why: 'how long it took',
    at: /(duration\w*|latency\w*|time(InMs)?)$/i,
    like: /^[\d.]+$/,
  },
]

/** Ports are drawn by the system, so an account's endpoints are named by their order. */
export type Places = ReadonlyMap<string, string>

const withoutDifferences = (text: string, places: Places): string => {
  let result = text
  for (const [host, name] of places) result = result.replaceAll(host, name)
  for (const difference of differences)
    if ('find' in difference)
      result = result.replace(difference.find, (_, kept?: unknown) =>
        typeof kept === 'string' ? `${kept}<${difference.name}>` : `<${difference.name}>`,
      )
  return result
}

/** A body in a text is compared by what it says. */
const parsed = (text: string): unknown => {
  if (!/^[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is left to compare when everything that may differ is replaced by its name. */
export const normalise = (value: unknown, places: Places, path = ''): unknown => {
  if (Array.isArray(value))
    return value.map((each, at) => normalise(each, places, `${path}[${at}]`))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        withoutDifferences(name, places),
        normalise(member, places, path === '' ? name : `${path}.${name}`),
      ]),
    )
  for (const difference of differences)
    if ('at' in difference && difference.at.test(path) && value !== '<undefined>')
      if (difference.like?.test(String(value)) ?? true) return `<${difference.name}>`
  if (typeof value !== 'string') return value
  const body = parsed(value)
  return body === undefined
    ? withoutDifferences(value, places)
    : { '<text>': normalise(body, places, path) }
}
