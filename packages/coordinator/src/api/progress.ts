import { guardedOf, hasEnded, joined, sameFingerprints, usageOf } from '@keyturn/core'
import type { Progress } from '@keyturn/protocol'
import type { AccountState } from '../loop/account-parts.ts'

type Known = Pick<AccountState, 'record' | 'fleet'>

/** How far the fleet is, in numbers. What cannot be known is not counted as done. */
export const progressOf = (known: Known): Progress => {
  const { published } = known.record
  const members = joined(known.fleet)
  const acknowledged = members.filter(({ report: { acknowledged: held } }) => {
    if (held === null || published === null) return false
    return (
      held.version === published.version &&
      sameFingerprints(held.fingerprints, published.fingerprints)
    )
  })
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  return {
    version: published?.version ?? null,
    members: members.length,
    acknowledged: acknowledged.length,
    going: goingOf(known),
    clients: {
      attached: sum(members.map(({ report }) => report.clients.attached)),
      lost: sum(members.map(({ report }) => report.clients.lost.length)),
    },
  }
}

const goingOf = ({ record: { published, rotation }, fleet }: Known): Progress['going'] => {
  if (published === null || rotation === null || hasEnded(rotation.phase)) return null
  const { slot } = guardedOf(rotation)
  const fingerprint = published.fingerprints[slot]
  const members = joined(fleet)
  const fenced = members.filter(({ report }) => report.acknowledged?.fenced.includes(slot))
  const inFlight = (member: (typeof members)[number]) => usageOf(member, fingerprint)?.inFlight
  return {
    slot,
    fingerprint,
    fenced: fenced.length,
    drained: fenced.filter(member => inFlight(member) === 0).length,
    inFlight: members.reduce((total, member) => total + (inFlight(member) ?? 0), 0),
  }
}
