import { CosmosDBManagementClient, restorePoller } from '@azure/arm-cosmosdb'
import type { TokenCredential } from '@azure/core-auth'
import type { OperationView, Slot } from '@keyturn/core'
import type { Arm, ArmLook, RegionEndpoint, Sent } from '../ports.ts'
import { secretKey } from '../secret.ts'
import { accountParts, errorCode, inShort } from './azure-error.ts'

export interface ArmOptions {
  /** ARM resource id of the account. */
  readonly account: string
  readonly credential: TokenCredential
  /** Of another cloud, or of an embedded Azure; public Azure by default. */
  readonly endpoint?: string | undefined
  /** The longest that one look may take, the SDK's own retries and waits included. */
  readonly lookWithinMs?: number
}

type Account = Awaited<ReturnType<CosmosDBManagementClient['databaseAccounts']['get']>>

/** Azure Resource Manager, as far as one account's keys go. */
export const openArm = ({
  account,
  credential,
  endpoint,
  lookWithinMs = 60_000,
}: ArmOptions): Arm => {
  const { subscription, resourceGroup, name } = accountParts(account)
  const options = endpoint === undefined ? {} : { endpoint }
  const reading = new CosmosDBManagementClient(credential, subscription, options)
  // A re-sent POST regenerates twice: the SDK's own retries are off (PROTOCOL, P1).
  const sending = new CosmosDBManagementClient(credential, subscription, {
    ...options,
    retryOptions: { maxRetries: 0 },
  })

  const keys = async (abortSignal = AbortSignal.timeout(lookWithinMs)) => {
    const listed = await reading.databaseAccounts.listKeys(resourceGroup, name, { abortSignal })
    return {
      primary: secretKey(listed.primaryMasterKey, `${name} listKeys primaryMasterKey`),
      secondary: secretKey(listed.secondaryMasterKey, `${name} listKeys secondaryMasterKey`),
    }
  }

  const look = async (operation: string | null): Promise<ArmLook> => {
    // A connection that went dead says nothing, for ever: a look must end, or no turn does.
    const abortSignal = AbortSignal.timeout(lookWithinMs)
    // The operation first: once it has ended, what is read after it is its result.
    const followed = operation === null ? null : await follow(reading, operation, abortSignal)
    const found = await reading.databaseAccounts.get(resourceGroup, name, { abortSignal })
    const held = await keys(abortSignal)
    return {
      keys: held,
      regions: regionsOf(found),
      view: {
        idle: found.provisioningState === 'Succeeded',
        fingerprints: {
          primary: held.primary.fingerprint,
          secondary: held.secondary.fingerprint,
        },
        generationTimes: {
          primary: found.keysMetadata?.primaryMasterKey?.generationTime?.toISOString() ?? null,
          secondary: found.keysMetadata?.secondaryMasterKey?.generationTime?.toISOString() ?? null,
        },
        operation: followed,
      },
    }
  }

  const regenerate = async (slot: Slot, withinMs: number): Promise<Sent> => {
    try {
      const poller = sending.databaseAccounts.regenerateKey(
        resourceGroup,
        name,
        { keyKind: slot },
        { abortSignal: AbortSignal.timeout(withinMs) },
      )
      await poller.submitted()
      return { is: 'accepted', operation: await poller.serialize() }
    } catch (error) {
      // Only a refusal is known not to have changed anything; 5xx and resets are not known.
      const status = statusOf(error)
      return status !== null && status >= 400 && status < 500 && status !== 408
        ? { is: 'refused', detail: inShort(error) }
        : { is: 'unknown', detail: inShort(error) }
    }
  }

  return { look, keys: () => keys(), regenerate }
}

const follow = async (
  client: CosmosDBManagementClient,
  operation: string,
  abortSignal: AbortSignal,
): Promise<OperationView> => {
  const poller = restorePoller(client, operation, client.databaseAccounts.regenerateKey)
  try {
    await poller.poll({ abortSignal })
    const status = poller.operationState?.status
    if (status === 'succeeded') return { operation, status }
    return {
      operation,
      status: status === 'failed' || status === 'canceled' ? 'failed' : 'running',
    }
  } catch (error) {
    // ARM forgets an operation after a while: then only the key itself can tell.
    if (statusOf(error) === 404) return { operation, status: 'forgotten' }
    // The poller marks an operation failed for a mere reset of the poll: only ARM's word counts.
    if (error instanceof Error && error.name === 'RestError') throw error
    if (abortSignal.aborted) throw error
    if (poller.operationState?.status === 'failed') return { operation, status: 'failed' }
    throw error
  }
}

const regionsOf = (account: Account): readonly RegionEndpoint[] =>
  (account.locations ?? []).flatMap(({ locationName, documentEndpoint }) =>
    locationName && documentEndpoint ? [{ name: locationName, endpoint: documentEndpoint }] : [],
  )

const statusOf = (error: unknown): number | null => {
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  return typeof status === 'number' && errorCode(error) !== 'REQUEST_SEND_ERROR' ? status : null
}
