import { isAccountKey, type Pair, type Slot } from '@keyturn/core'
import { KeysetError } from '../document.ts'
import { Key } from '../key.ts'
import type { LiveKeyset } from '../source.ts'

/** Whose keys a source gives. */
export interface SubjectOptions {
  /**
   * ARM resource id of the account. Layouts that do not say whose keys they hold are taken for
   * this account's; a keyset that names another one is refused, the first one as well.
   */
  readonly account?: string
  /** The account's endpoint, where the layout does not say. */
  readonly endpoint?: string
  /** Default `readWrite`. Given, a keyset of the other pair is refused. */
  readonly pair?: Pair
}

/**
 * A keyset of a layout without version and fences. Version 0 is the mark by which a ring that has
 * once held a version refuses it, and by which a rotation's gate finds no fence: the member blocks
 * with `NOT_FENCED` (PROTOCOL, P15). A number above 0 would be compared with the coordinator's own.
 */
export const plainKeyset = (
  keys: LiveKeyset['keys'],
  active: Slot,
  { account, endpoint, pair }: SubjectOptions,
): LiveKeyset =>
  Object.freeze({
    account: account ?? '',
    endpoint: endpoint ?? '',
    pair: pair ?? 'readWrite',
    installation: null,
    version: 0,
    active,
    fenced: [],
    keys: Object.freeze(keys),
  })

/** @throws KeysetError where the text is no account key; `name` says where it stood. */
export const plainKey = (text: string | null | undefined, name: string): Key => {
  const key = text?.trim() ?? ''
  if (!isAccountKey(key))
    throw new KeysetError(`${name} is not an account key: expected 64 bytes of base64`)
  return new Key(key)
}

/** @throws KeysetError where the text names no slot. */
export const plainSlot = (text: string | null | undefined, name: string): Slot => {
  const slot = text?.trim() ?? 'primary'
  if (slot === 'primary' || slot === 'secondary') return slot
  throw new KeysetError(`${name} is neither primary nor secondary`)
}

/** @throws KeysetError where a keyset is another account's or pair's than a source was told. */
export const ofSubject = (
  keyset: LiveKeyset,
  { account = '', pair = keyset.pair }: SubjectOptions,
): LiveKeyset => {
  const isOther =
    account !== '' &&
    keyset.account !== '' &&
    keyset.account.toLowerCase() !== account.toLowerCase()
  if (isOther) throw new KeysetError('it is for another account than this source was told')
  if (keyset.pair !== pair)
    throw new KeysetError('it is for another pair than this source was told')
  return keyset
}
