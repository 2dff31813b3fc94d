import { asWritten, type Instead, type Scene, type State } from './scene.ts'
import { vaultStates } from './vault-states.ts'

/** The account that the examples of one version show: made as its fullest example makes it. */
const full: State = {
  is: 'an account with everything set that the example of its creation sets',
  bring: async scene => {
    const answer = await scene.call('PATCH', scene.accountPath, scene.fullest)
    if (answer.status >= 300)
      throw new Error(`PATCH was answered with ${answer.status} ${answer.text}`)
    await scene.settle(answer)
    return asWritten
  },
}

const absent: State = {
  is: 'no account of that name',
  options: { regions: ['South Central US', 'East US'] },
  bring: async scene => {
    await scene.settle(await scene.call('DELETE', scene.accountPath))
    return asWritten
  },
}

const offline = async (scene: Scene): Promise<Instead> => {
  const { region } = scene.example.parameters['regionParameterForOnline'] as { region: string }
  const answer = await scene.call('POST', `${scene.accountPath}/offlineRegion`, { region })
  await scene.settle(answer)
  return asWritten
}

const none: State = { is: 'an account in West US and North Europe' }

/** Fields that an example shows because of what happened elsewhere: absent or empty is right here. */
export const elsewhere: readonly { readonly field: RegExp; readonly reason: string }[] = [
  {
    field: /\/privateEndpointConnections$/,
    reason: 'another provider, Microsoft.Network, makes them; the simulated account has none',
  },
  {
    field: /\/backupPolicy\/migrationState$/,
    reason: 'it is there only while the backup policy changes its mode',
  },
  {
    field: /\/capacityModeChangeTransitionState$/,
    reason: 'it is there only once the capacity mode was changed',
  },
]

/** By the example's name: what it presupposes, and how it is brought about. */
export const states: Readonly<Record<string, State>> = {
  CosmosDBDatabaseAccountCheckNameExists: none,
  CosmosDBDatabaseAccountCreateMax: absent,
  CosmosDBDatabaseAccountCreateMin: absent,
  CosmosDBDatabaseAccountDelete: none,
  CosmosDBDatabaseAccountFailoverPriorityChange: {
    is: 'an account that writes in West US and reads in East US too',
    options: { regions: ['West US', 'East US'] },
  },
  CosmosDBDatabaseAccountGet: full,
  CosmosDBDatabaseAccountGetMetricDefinitions: none,
  CosmosDBDatabaseAccountGetMetrics: none,
  CosmosDBDatabaseAccountGetUsages: none,
  CosmosDBDatabaseAccountList: full,
  CosmosDBDatabaseAccountListByResourceGroup: full,
  CosmosDBDatabaseAccountListConnectionStrings: none,
  CosmosDBDatabaseAccountListConnectionStringsMongo: none,
  CosmosDBDatabaseAccountListKeys: none,
  CosmosDBDatabaseAccountListReadOnlyKeys: none,
  CosmosDBDatabaseAccountOfflineRegion: none,
  CosmosDBDatabaseAccountOnlineRegion: { is: 'North Europe is offline', bring: offline },
  CosmosDBDatabaseAccountPatch: none,
  CosmosDBDatabaseAccountRegenerateKey: none,
  CosmosDBDatabaseAccountRegionGetMetrics: none,
  CosmosDBOperationsList: none,

  ...vaultStates,
}
