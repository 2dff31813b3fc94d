import type { AccountStatus } from '@keyturn/protocol'
import { type Host, say } from './host.ts'

const retirements = {
  asked: 'asked once to end it, nothing was changed',
  intended: 'is being ended',
  done: 'ended: no key of the account works any more',
} as const

/** One account on one screen, for a person. */
export const printStatus = (host: Host, status: AccountStatus): void => {
  const { name, published, rotation, blockers, members } = status
  if (!published) {
    say(host, `${name}: not adopted yet; keyturn init does it.`)
    return
  }
  const { version, active, fenced, fingerprints } = published
  say(host, `${name}: version ${version}, ${active} signs`)
  for (const slot of ['primary', 'secondary'] as const) {
    const words = [
      slot === active ? 'active' : 'standby',
      ...(fenced.includes(slot) ? ['fenced'] : []),
    ]
    say(host, `  ${slot.padEnd(9)} ${fingerprints[slot]}  ${words.join(', ')}`)
  }
  if (status.retirement) say(host, `key authentication: ${retirements[status.retirement]}`)
  if (rotation) say(host, `rotation ${rotation.id}: ${rotation.phase} (${rotation.status})`)
  if (rotation?.emergency) say(host, `  emergency: the ${rotation.emergency.slot} key has leaked`)
  for (const waiver of rotation?.waivers ?? []) {
    const subject = waiver.client ?? waiver.member ?? waiver.consumer ?? waiver.slot
    say(host, `  waived: ${waiver.code} of ${subject} by ${waiver.by} (${waiver.reason})`)
  }
  for (const { code, sentence } of blockers) say(host, `  waits: ${code}: ${sentence}`)
  for (const member of members.filter(({ standing }) => standing === 'joined')) {
    const held = member.acknowledged ?? member.held
    const signs = held ? held.fingerprints[held.active] : 'nothing'
    const inFlight = member.usage.reduce((sum, usage) => sum + usage.inFlight, 0)
    say(
      host,
      `  member ${member.name}: acknowledged ${member.acknowledged?.version ?? 'nothing'}, signs with ${signs}, ${inFlight} in flight, reported ${(member.reportedMsAgo / 1000).toFixed(1)} s ago`,
    )
  }
}
