import type { Facts } from './facts.ts'
import { checks, type Finding, type Verdict } from './finding.ts'
import { judgeIdentity } from './identity.ts'
import { judgeAccount, judgeLocalAuth, judgeLocks } from './judge-account.ts'
import { judgeEvidence } from './judge-evidence.ts'
import { judgeCoordinator, judgeMembers } from './judge-fleet.ts'
import { judgeCloud, judgeNetwork } from './judge-network.ts'
import { judgeClocks, judgeRegions } from './judge-regions.ts'
import { judgeKeyset, judgeLimits, judgeVault } from './judge-vault.ts'
import { judgeRights } from './rights.ts'

type Judge = (facts: Facts) => readonly Finding[]

/** What can be said of a process that Azure does not know. */
const withoutToken: readonly Judge[] = [judgeIdentity, judgeCloud, judgeCoordinator, judgeMembers]

const judges: readonly Judge[] = [
  judgeIdentity,
  judgeAccount,
  judgeRights,
  judgeLocks,
  judgeNetwork,
  judgeCloud,
  judgeLocalAuth,
  judgeVault,
  judgeKeyset,
  judgeRegions,
  judgeClocks,
  judgeEvidence,
  judgeLimits,
  judgeCoordinator,
  judgeMembers,
]

/** Every finding about one account, in the order of the checks. */
export const judge = (facts: Facts): readonly Finding[] =>
  (facts.identity.known ? judges : withoutToken)
    .flatMap(one => one(facts))
    .toSorted((a, b) => checks.indexOf(a.check) - checks.indexOf(b.check))

const badness: readonly Verdict[] = ['well', 'unasked', 'warning', 'wrong']

/** The worst of them. */
export const worst = (findings: readonly Finding[]): Verdict =>
  badness[Math.max(0, ...findings.map(({ verdict }) => badness.indexOf(verdict)))] ?? 'well'
