import { azureRefusesMs, otherSlot } from '@keyturn/core'
import type { Facts } from './facts.ts'
import { type Finding, trouble, well } from './finding.ts'

const evidence = trouble('evidence')

/** The capability by which Azure refuses to regenerate a key in use (preview). */
export const keyCheck = 'EnableKeyCheckBeforeRegenerationPreview'

/** What Azure itself says of the keys' use, and whether it acts upon it. */
export const judgeEvidence = (facts: Facts): readonly Finding[] => {
  const { account, lastUse, configured } = facts
  const isGuarded = account.known && account.value.capabilities.includes(keyCheck)
  const guard = isGuarded
    ? 'Azure refuses to regenerate a key that was used in the last 12 hours'
    : 'Azure regenerates a key whether it is in use or not'
  if (!lastUse.known) {
    return configured.asksEvidence
      ? [
          evidence(
            'wrong',
            'EVIDENCE_UNREADABLE',
            `The policy asks for Azure's record of each key's last use, which could not be read (${lastUse.why}).`,
            'See that this cloud serves the preview; or set evidence to none, by somebody’s name and reason.',
          ),
        ]
      : [well('evidence', `${guard}; the policy asks for no other evidence.`)]
  }
  const recent = recentlyUsedStandby(facts)
  if (recent !== null && (isGuarded || configured.asksEvidence)) {
    return [
      evidence(
        'warning',
        'STANDBY_RECENTLY_USED',
        `Azure saw the ${recent.slot} key, which would go first, used ${recent.minutes} minutes ago.`,
        'Find who uses it, or turn the other one first (--slot); a rotation waits until it has been quiet for 12 hours.',
      ),
    ]
  }
  return [well('evidence', `Azure's record of each key's last use can be read. ${guard}.`)]
}

const recentlyUsedStandby = ({ lastUse, vault }: Facts) => {
  const active = vault.read.known ? vault.read.value.latest?.active : undefined
  if (active === undefined || !lastUse.known) return null
  const slot = otherSlot(active)
  const used = lastUse.value.lastUse[slot]
  const ms = used === null ? azureRefusesMs : lastUse.value.azureNow - used
  return ms < azureRefusesMs ? { slot, minutes: Math.max(0, Math.round(ms / 60_000)) } : null
}
