import type { Pair } from '@keyturn/core'

/** A pair of keys is an account of its own; the first pair goes by the account's name alone. */
export const keyOf = ({
  account,
  pair,
}: {
  readonly account: string
  readonly pair?: Pair | undefined
}): string => (pair === 'readOnly' ? `${account}#readOnly` : account)
