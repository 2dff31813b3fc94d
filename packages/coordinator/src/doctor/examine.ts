import type { AccountConfig, CoordinatorConfig } from '../options.ts'
import type { Facts } from './facts.ts'
import type { Finding, Verdict } from './finding.ts'
import { type GatherOptions, gather } from './gather.ts'
import { judge, worst } from './judge.ts'

export interface ExamineOptions
  extends Pick<GatherOptions, 'credential' | 'authority' | 'release' | 'probeStandby'> {
  readonly config: CoordinatorConfig
  /** The one account that is meant; all of them where absent. */
  readonly only?: string | undefined
  /** Asks a running coordinator; `null` where none is named. */
  readonly coordinator: ((account: AccountConfig) => Promise<Facts['coordinator']>) | null
  /** This machine's clock, ms since 1970; the system's where absent. */
  readonly now?: () => number
}

/** What was found about one account. */
export interface Examination {
  readonly name: string
  readonly account: string
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
}

/** Everything that could stand in a first rotation's way, account by account; nothing is changed. */
export const examine = async (options: ExamineOptions): Promise<readonly Examination[]> => {
  const { config, only, coordinator, now = Date.now } = options
  const meant = config.accounts.filter(({ name }) => only === undefined || name === only)
  const examined: Examination[] = []
  // One after the other: two accounts of one subscription share ARM's budget.
  for (const account of meant) {
    const said = coordinator === null ? null : await coordinator(account)
    const facts = await gather({ ...options, account, coordinator: said, now })
    const findings = judge(facts)
    const { name, account: id } = account
    examined.push({ name, account: id, verdict: worst(findings), findings })
  }
  return examined
}
