/** What the three parts of an ARM resource id are called in the SDK. */
export const accountParts = (account: string) => {
  const [, , subscription, , resourceGroup, , , , name] = account.split('/')
  if (!subscription || !resourceGroup || !name) {
    throw new TypeError(`${account} is not the ARM resource id of a Cosmos DB account.`)
  }
  return { subscription, resourceGroup, name }
}

export const errorCode = (error: unknown): string | null => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : null
}

/** A key is 88 of these in a row; a path of Azure's has a dot or a dash before that. */
const keyLike = /[A-Za-z0-9+/=]{60,}/g

/**
 * Azure's errors in one line: its code and the first sentence, never a body or a header. An
 * answer that could not be parsed is quoted by Azure's clients with all its text, keys included.
 */
export const inShort = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error'
  const code = errorCode(error) ?? error.name
  if (error.message.includes('while parsing the response body')) {
    return `${code}: the answer could not be read`
  }
  const line = error.message.split(/\r?\n/, 1)[0] ?? ''
  const sentence = line.replace(keyLike, '…').slice(0, 200)
  return sentence.startsWith(code) || sentence === '' ? sentence || code : `${code}: ${sentence}`
}
