import type { AccountStatus, MemberStatus } from '@keyturn/protocol'
import { listed, plural } from '../view/words.ts'
import { signsWith } from './keys.ts'

export interface Verdict {
  /** Whether everybody signs with the active key, and nobody with another. */
  readonly isSwitched: boolean
  readonly sentence: string
}

/** The answer to: how do I know that the key is actually switched? */
export const verdictOf = (
  { published }: { readonly published: NonNullable<AccountStatus['published']> },
  members: readonly MemberStatus[],
): Verdict => {
  const { active, version, confirmed } = published
  const fingerprint = published.fingerprints[active]
  if (members.length === 0) {
    const sentence = `Nobody has joined: that ${active} signs is published, and not proven.`
    return { isSwitched: false, sentence }
  }
  const elsewhere = members.filter(member => signsWith(member) !== fingerprint)
  const lost = members.filter(({ clients }) => clients.lost.length > 0)
  const others = members.filter(({ usage }) =>
    usage.some(each => each.fingerprint !== fingerprint && each.inFlight > 0),
  )
  const names = (some: readonly MemberStatus[]) => listed(some.map(({ name }) => name))
  const against = [
    ...(confirmed ? [] : [`version ${version} has not been read back from Key Vault`]),
    ...(elsewhere.length === 0
      ? []
      : [`${names(elsewhere)} ${elsewhere.length === 1 ? 'is' : 'are'} not known to sign with it`]),
    ...(others.length === 0 ? [] : [`${names(others)} still have requests under another key`]),
    ...(lost.length === 0 ? [] : [`clients of ${names(lost)} are lost`]),
  ]
  return against.length === 0
    ? {
        isSwitched: true,
        sentence: `${every(members)} with ${active} ${fingerprint}, and nothing is in flight under another key.`,
      }
    : {
        isSwitched: false,
        sentence: `Not everybody signs with ${active} ${fingerprint}: ${against.join('; ')}.`,
      }
}

const every = (members: readonly MemberStatus[]): string =>
  members.length === 1 ? 'The one member signs' : `All ${plural(members.length, 'member')} sign`
