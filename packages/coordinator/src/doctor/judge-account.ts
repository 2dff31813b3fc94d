import type { Facts, Lock } from './facts.ts'
import { type Finding, trouble, well } from './finding.ts'

const account = trouble('account')

/** Azure names the port as well, which is https's own: one endpoint by two spellings. */
const normal = (url: string): string => new URL(url).href.replace(/\/$/, '')

export const judgeAccount = ({ account: asked, configured }: Facts): readonly Finding[] => {
  if (!asked.known) {
    const remedy =
      asked.status === 404
        ? 'Compare the resource id in the configuration with az cosmosdb show --query id.'
        : asked.status === 401 || asked.status === 403
          ? 'Sign in as the coordinator does, and grant Microsoft.DocumentDB/databaseAccounts/read.'
          : 'See whether this machine reaches Azure Resource Manager, by its proxy if there is one.'
    const sentence = `The account could not be read from Azure Resource Manager (${asked.why}).`
    return [account('wrong', 'ACCOUNT_UNREADABLE', sentence, remedy)]
  }
  const { provisioningState, documentEndpoint } = asked.value
  const found: Finding[] = []
  if (provisioningState !== 'Succeeded') {
    found.push(
      account(
        'warning',
        'ACCOUNT_CHANGING',
        `Azure is changing the account (${provisioningState}), and takes no other operation meanwhile.`,
        'Wait until it has ended: a rotation would wait for it as well.',
      ),
    )
  }
  if (documentEndpoint !== null && normal(documentEndpoint) !== normal(configured.endpoint)) {
    found.push(
      account(
        'wrong',
        'ENDPOINT_DIFFERS',
        `The configuration says ${configured.endpoint}, Azure says ${documentEndpoint}.`,
        'Put the endpoint that Azure says into the configuration: keysets carry it to every application.',
      ),
    )
  }
  return found.length > 0
    ? found
    : [well('account', `Azure knows the account, at ${configured.endpoint}, and is idle.`)]
}

const locked = trouble('locks')

/** A lock lies upon the account where its scope is the account or what that is in. */
const liesUpon =
  (id: string) =>
  (lock: Lock): boolean => {
    const [scope = ''] = lock.id.toLowerCase().split('/providers/microsoft.authorization/locks/')
    const own = id.toLowerCase()
    return own === scope || own.startsWith(`${scope}/`)
  }

export const judgeLocks = ({ locks, configured }: Facts): readonly Finding[] => {
  const seen = locks.flatMap(({ found }) => (found.known ? found.value : []))
  const upon = new Map(seen.filter(liesUpon(configured.account)).map(lock => [lock.id, lock]))
  const readOnly = [...upon.values()].filter(({ level }) => level === 'ReadOnly')
  const found: Finding[] = readOnly.map(({ id }) =>
    locked(
      'wrong',
      'LOCK_READ_ONLY',
      `The read-only lock ${id} refuses listKeys and regenerateKey, which are writes to Azure.`,
      `Delete it while keys are turned, or replace it by one against deletion: az lock delete --ids ${id}.`,
    ),
  )
  const unasked = locks.flatMap(({ scope, found: asked }) =>
    asked.known ? [] : [`${scope} (${asked.why})`],
  )
  if (unasked.length > 0) {
    found.push(
      locked(
        'unasked',
        'LOCKS_UNKNOWN',
        `Locks could not be listed at ${unasked.join(', ')}.`,
        `Grant Microsoft.Authorization/locks/read there, or ask: az lock list --query "[?level=='ReadOnly']".`,
      ),
    )
  }
  return found.length > 0 ? found : [well('locks', 'No lock forbids listing or regenerating keys.')]
}

const auth = trouble('local-auth')

/** Key authentication, and whether keys may change more than documents. */
export const judgeLocalAuth = ({ account: asked }: Facts): readonly Finding[] => {
  if (!asked.known) return []
  const { localAuthDisabled, metadataWritesClosed } = asked.value
  if (localAuthDisabled) {
    return [
      auth(
        'wrong',
        'LOCAL_AUTH_DISABLED',
        'The account refuses every key (disableLocalAuth): there is nothing to turn.',
        'Let applications sign in with Entra ID and leave it so; or allow keys again: az resource update --ids <account> --set properties.disableLocalAuth=false.',
      ),
    ]
  }
  const writes = metadataWritesClosed
    ? 'may not change databases, containers or throughput; probes do not either'
    : 'may change databases and containers as well (disableKeyBasedMetadataWriteAccess forbids that)'
  return [well('local-auth', `The account takes keys. They ${writes}.`)]
}
