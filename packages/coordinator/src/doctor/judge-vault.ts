import { type Fingerprints, slots } from '@keyturn/core'
import type { AccountStatus } from '@keyturn/protocol'
import type { Facts, VaultFacts } from './facts.ts'
import { type Finding, trouble, well } from './finding.ts'

/** Key Vault's limit for a secret's value (learn.microsoft.com, "Azure Key Vault service limits"). */
export const secretBytesMax = 25_600

const vault = trouble('vault')

const refused = (status: number | undefined): boolean => status === 401 || status === 403

/** Whether the vault is there, takes our token, and lets the secret be read and written. */
export const judgeVault = ({ vault: { read, set, authority }, configured }: Facts) => {
  const { vaultUrl, secret } = configured
  const at = `secret ${secret} of ${vaultUrl}`
  const found: Finding[] = [...judgeAuthority(authority, configured.authority)]
  if (!read.known && !refused(read.status)) {
    return [
      ...found,
      vault(
        'wrong',
        'VAULT_UNREACHABLE',
        `Key Vault could not be read (${read.why}).`,
        `See whether ${vaultUrl} is the vault's own URL, and whether its firewall lets this machine in.`,
      ),
    ]
  }
  if (!read.known) {
    found.push(
      vault(
        'wrong',
        'SECRET_GET_REFUSED',
        `This identity may not read ${at} (${read.why}).`,
        'Assign it Key Vault Secrets Officer at the secret, or the data actions getSecret and setSecret; keyturn doctor --role prints the commands.',
      ),
    )
  }
  if (!set.known) {
    found.push(
      vault(
        'unasked',
        'SECRET_SET_UNKNOWN',
        `Whether this identity may write ${at} could not be asked (${set.why}).`,
        'See its role assignments: az role assignment list --assignee <identity> --all.',
      ),
    )
  } else if (!set.value) {
    found.push(
      vault(
        'wrong',
        'SECRET_SET_REFUSED',
        `This identity may not write ${at}.`,
        'Assign it Key Vault Secrets Officer at the secret, or the data action setSecret; keyturn doctor --role prints the commands.',
      ),
    )
  }
  return found.length > 0 ? found : [well('vault', `This identity may read and write ${at}.`)]
}

const hostOf = (url: string): string => new URL(url).host

/** Tokens come from one authority; a vault of another tenant or cloud would refuse ours. */
const judgeAuthority = (asked: VaultFacts['authority'], configured: string): readonly Finding[] => {
  if (!asked.known || asked.value === null) return []
  const named = hostOf(asked.value)
  return sameAuthority(named, hostOf(configured))
    ? []
    : [
        vault(
          'wrong',
          'VAULT_AUTHORITY_DIFFERS',
          `The vault takes tokens of ${named}; this identity gets them from ${hostOf(configured)}.`,
          'Set AZURE_AUTHORITY_HOST to the authority that the vault names.',
        ),
      ]
}

/** Public Azure has an older name for its authority, which vaults still say. */
const sameAuthority = (a: string, b: string): boolean => {
  const publicNames = ['login.microsoftonline.com', 'login.windows.net']
  return a === b || (publicNames.includes(a) && publicNames.includes(b))
}

const keyset = trouble('keyset')

/** The running rotation, if the coordinator says that there is one. */
export const runningPhase = ({ coordinator }: Pick<Facts, 'coordinator'>): string | null => {
  const status: AccountStatus | null = coordinator?.known ? coordinator.value : null
  const { rotation } = status ?? {}
  return rotation && (rotation.status === 'running' || rotation.status === 'paused')
    ? rotation.phase
    : null
}

/** What stands in the vault, held against the keys that Azure shows. */
export const judgeKeyset = (facts: Facts): readonly Finding[] => {
  const { vault: asked, keys, configured } = facts
  const found: Finding[] = []
  if (!keys.known) {
    found.push(
      keyset(
        'unasked',
        'KEYS_UNREADABLE',
        `The account's keys could not be listed (${keys.why}), so nothing can be held against them.`,
        'Mend the findings on account, rights and locks first.',
      ),
    )
  }
  if (!asked.read.known) return found
  const { latest, foreign } = asked.read.value
  if (foreign) {
    return [
      ...found,
      keyset(
        'wrong',
        'KEYSET_FOREIGN',
        `What stands in secret ${configured.secret} is no keyset of this account and pair.`,
        'Name another secret in the configuration; or, if it is a damaged keyset, write it anew with keyturn publish --from-arm.',
      ),
    ]
  }
  if (latest === null) {
    return [
      ...found,
      keyset(
        'warning',
        'KEYSET_MISSING',
        `There is no secret ${configured.secret} yet.`,
        'Adopt the account, which writes it: start the coordinator and run keyturn init.',
      ),
    ]
  }
  const isRunning = runningPhase(facts) !== null
  if (keys.known && !isRunning) found.push(...differing(latest.fingerprints, keys.value))
  if (latest.fenced.length > 0 && !isRunning) {
    found.push(
      keyset(
        'warning',
        'KEYSET_FENCED',
        `Version ${latest.version} fences the ${latest.fenced.join()} key, and no rotation is known to run.`,
        'Name the coordinator with --coordinator; if it is gone, start it again: it goes on where it was.',
      ),
    )
  }
  const version = `Version ${latest.version}`
  const words = isRunning ? 'belongs to the rotation that runs' : 'holds the keys that Azure shows'
  return found.length > 0
    ? found
    : [well('keyset', `${version}, ${latest.active} active, ${words}.`)]
}

const differing = (published: Fingerprints, live: Fingerprints): readonly Finding[] =>
  slots
    .filter(slot => published[slot] !== live[slot])
    .map(slot =>
      keyset(
        'wrong',
        'KEYSET_DIFFERS',
        `The ${slot} key in Key Vault (${published[slot]}) is not the one in Azure (${live[slot]}): somebody regenerated it by hand.`,
        'Start the coordinator, which publishes what Azure shows; without one: keyturn publish --from-arm.',
      ),
    )

const limits = trouble('limits')

/** Below this many calls, a rotation's own looks could be refused. */
const budgetMin = 50

export const judgeLimits = ({ budget, vault: { bytes } }: Facts): readonly Finding[] => {
  const found: Finding[] = Object.entries(budget)
    .filter(([, left]) => left < budgetMin)
    .map(([name, left]) =>
      limits(
        'warning',
        'ARM_BUDGET_LOW',
        `Azure Resource Manager leaves this identity ${left} calls at once (${name}).`,
        'See who else asks with this identity, and give the coordinator one of its own.',
      ),
    )
  if (bytes > secretBytesMax) {
    const sentence = `The keyset would take ${bytes} bytes; a secret may have ${secretBytesMax}.`
    found.push(limits('wrong', 'SECRET_TOO_LARGE', sentence, 'Shorten the resource names in it.'))
  }
  const left = Object.values(budget)
  const least = left.length > 0 ? `at least ${Math.min(...left)} calls at once` : 'no limit'
  const size = `a keyset takes ${bytes} of ${secretBytesMax} bytes`
  return found.length > 0
    ? found
    : [well('limits', `Azure Resource Manager leaves ${least}; ${size}.`)]
}
