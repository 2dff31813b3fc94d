import { type Fingerprint, isFingerprint, type Keyset, type Slot } from '@keyturn/core'

/** A fingerprint that reads well in a failing test: `a…a1`. */
export const fp = (letter: string): Fingerprint => {
  const text = letter.repeat(16).slice(0, 16)
  if (!isFingerprint(text)) throw new TypeError(`${letter} is not a hex digit`)
  return text
}

export const keyset = (
  change: Partial<Omit<Keyset, 'keys'>> & Partial<Record<Slot, Fingerprint>> = {},
): Keyset => {
  const { primary = fp('a'), secondary = fp('b'), ...rest } = change
  return {
    account: '/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/x',
    endpoint: 'https://x.documents.azure.com',
    pair: 'readWrite',
    installation: 'one',
    version: 1,
    active: 'primary',
    fenced: [],
    keys: { primary: { fingerprint: primary }, secondary: { fingerprint: secondary } },
    ...rest,
  }
}
