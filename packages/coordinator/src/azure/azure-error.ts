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

/** Azure's errors in one line: its code and the first sentence, never a body or a header. */
export const inShort = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error'
  const sentence = error.message.split(/\r?\n/, 1)[0]?.slice(0, 200) ?? ''
  const code = errorCode(error) ?? error.name
  return sentence.startsWith(code) || sentence === '' ? sentence || code : `${code}: ${sentence}`
}
