import { CosmosDBManagementClient, restorePoller } from '@azure/arm-cosmosdb'
import type { TokenCredential } from '@azure/core-auth'
import type { OperationView, Pair, Slot } from '@keyturn/core'
import type { Arm, ArmLook, LocalAuth, RegionEndpoint } from '../ports.ts'
import { secretKey } from '../secret.ts'
import { accountParts, errorCode, inShort } from './azure-error.ts'
import { previewVersion } from './evidence.ts'
import { type InTime, sendingInTime } from './in-time.ts'
import { RetryAfter } from './retry-after.ts'

export interface ArmOptions {
  /** ARM resource id of the account. */
  readonly account: string
  readonly credential: TokenCredential
  /** Which pair of the account's keys; `readWrite` where absent. */
  readonly pair?: Pair | undefined
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
  pair = 'readWrite',
  endpoint,
  lookWithinMs = 60_000,
}: ArmOptions): Arm => {
  const { subscription, resourceGroup, name } = accountParts(account)
  const options = endpoint === undefined ? {} : { endpoint }
  const retryAfter = new RetryAfter(Date.now)
  const reading = new CosmosDBManagementClient(credential, subscription, options)
  reading.pipeline.addPolicy(retryAfter.policy, { afterPhase: 'Retry' })
  const sending = (inTime: InTime, skipUsageCheck: boolean) => {
    // A re-sent POST regenerates twice: the SDK's own retries are off (PROTOCOL, P1).
    const client = new CosmosDBManagementClient(credential, subscription, {
      ...options,
      retryOptions: { maxRetries: 0 },
    })
    if (skipUsageCheck) client.pipeline.addPolicy(skippingUsageCheck)
    client.pipeline.addPolicy(retryAfter.policy, { afterPhase: 'Retry' })
    client.pipeline.addPolicy(sendingInTime(inTime), { afterPhase: 'Sign' })
    return client
  }
  const names = keyNames[pair]

  const keys = async (abortSignal = AbortSignal.timeout(lookWithinMs)) => {
    const listed = await reading.databaseAccounts.listKeys(resourceGroup, name, { abortSignal })
    return {
      primary: secretKey(listed[names.primary], `${name} listKeys ${names.primary}`),
      secondary: secretKey(listed[names.secondary], `${name} listKeys ${names.secondary}`),
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
          primary: found.keysMetadata?.[names.primary]?.generationTime?.toISOString() ?? null,
          secondary: found.keysMetadata?.[names.secondary]?.generationTime?.toISOString() ?? null,
        },
        operation: followed,
        localAuthDisabled: found.disableLocalAuth === true,
      },
    }
  }

  const regenerate: Arm['regenerate'] = async (
    slot,
    withinMs,
    { skipUsageCheck = false, stillInTime = () => true } = {},
  ) => {
    const abortSignal = AbortSignal.timeout(withinMs)
    try {
      const client = sending({ stillInTime, abortSignal }, skipUsageCheck)
      const poller = client.databaseAccounts.regenerateKey(
        resourceGroup,
        name,
        { keyKind: pair === 'readOnly' ? `${slot}Readonly` : slot },
        { abortSignal },
      )
      await poller.submitted()
      return { is: 'accepted', operation: await poller.serialize() }
    } catch (error) {
      // Only a refusal is known not to have changed anything; 5xx and resets are not known.
      const status = statusOf(error)
      return status !== null && status >= 400 && status < 500 && status !== 408
        ? { is: 'refused', detail: inShort(error), because: saysRecentlyUsed(error) }
        : { is: 'unknown', detail: inShort(error) }
    }
  }

  return { look, keys: () => keys(), regenerate, restMs: () => retryAfter.take() }
}

/** Ends key authentication: for this alone the coordinator needs the right to write the account. */
export const openLocalAuth = ({
  account,
  credential,
  endpoint,
  lookWithinMs = 60_000,
}: ArmOptions): LocalAuth => {
  const { subscription, resourceGroup, name } = accountParts(account)
  const client = new CosmosDBManagementClient(credential, subscription, {
    ...(endpoint === undefined ? {} : { endpoint }),
    retryOptions: { maxRetries: 0 },
  })
  return {
    async disable() {
      const abortSignal = AbortSignal.timeout(lookWithinMs)
      const change = { disableLocalAuth: true }
      await client.databaseAccounts.update(resourceGroup, name, change, { abortSignal }).submitted()
    },
  }
}

/** How ARM calls the keys of each pair, in `listKeys` and in `keysMetadata`. */
const keyNames = {
  readWrite: { primary: 'primaryMasterKey', secondary: 'secondaryMasterKey' },
  readOnly: { primary: 'primaryReadonlyMasterKey', secondary: 'secondaryReadonlyMasterKey' },
} as const satisfies Record<Pair, Record<Slot, string>>

type Policy = Parameters<CosmosDBManagementClient['pipeline']['addPolicy']>[0]

/**
 * Asks for what the SDK has no word for yet: a regeneration although the key was used in the last
 * 12 hours (learn.microsoft.com, "Rotate keys by using safe key rotation", preview).
 */
const skippingUsageCheck: Policy = {
  name: 'skip-usage-check',
  sendRequest(request, next) {
    if (request.method === 'POST' && typeof request.body === 'string') {
      const body = JSON.parse(request.body)
      request.body = JSON.stringify({ ...body, SkipAccountKeysLastUsageCheck: true })
      const url = new URL(request.url)
      url.searchParams.set('api-version', previewVersion)
      request.url = url.href
    }
    return next(request)
  },
}

/** Microsoft publishes that ARM refuses, and not in which words: either word of its option will do. */
const saysRecentlyUsed = (error: unknown): 'recently-used' | undefined =>
  error instanceof Error && /last ?usage ?check|in the last 12 hours/i.test(error.message)
    ? 'recently-used'
    : undefined

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

const regionsOf = ({ locations, writeLocations }: Account): readonly RegionEndpoint[] =>
  (locations ?? []).flatMap(({ locationName: name, documentEndpoint: endpoint }) => {
    const writable = writeLocations?.some(({ locationName }) => locationName === name) ?? false
    return name && endpoint ? [{ name, endpoint, writable }] : []
  })

const statusOf = (error: unknown): number | null => {
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  return typeof status === 'number' && errorCode(error) !== 'REQUEST_SEND_ERROR' ? status : null
}
