import { type Section, sim } from './row.ts'

const spec = 'arm/swagger/stable/2024-08-15/cosmos-db.json'
const recording = 'arm/recordings/regenerateKey-real-service.json'
const rotate = 'https://learn.microsoft.com/azure/cosmos-db/how-to-rotate-keys'

export const arm: Section = {
  title: 'Azure Resource Manager',
  rows: [
    {
      rule: 'The account is read, and listed in its subscription and in its group.',
      routes: [
        'GET {account}',
        'GET /subscriptions/:subscription/providers/Microsoft.DocumentDB/databaseAccounts',
        'GET {group}/providers/Microsoft.DocumentDB/databaseAccounts',
      ],
      sources: [`${spec}#DatabaseAccounts_Get`],
      heldBy: [
        sim('arm/arm.test.ts', 'the account names its regions and endpoints'),
        sim('arm/arm.test.ts', 'the account is listed in its subscription and in its group'),
      ],
    },
    {
      rule: 'Flags, capabilities and tags are patched.',
      routes: ['PATCH {account}'],
      sources: [`${spec}#DatabaseAccounts_Update`],
      heldBy: [
        sim(
          'arm/arm.test.ts',
          'flags are patched, and what the simulator cannot change is refused',
        ),
      ],
    },
    {
      rule: 'listKeys shows four keys in the recorded order, readonlykeys two, by POST and by GET.',
      routes: [
        'POST {account}/listKeys',
        'POST {account}/readonlykeys',
        'GET {account}/readonlykeys',
      ],
      sources: [`${recording}#listKeys`, `${spec}#DatabaseAccounts_ListKeys`],
      heldBy: [
        sim('arm/recorded-regeneration.test.ts', 'readonlykeys shows two'),
        sim('arm/arm.test.ts', 'the read-only keys are shown by POST and by GET'),
      ],
    },
    {
      rule: 'Connection strings hold the endpoint and each key.',
      routes: ['POST {account}/listConnectionStrings'],
      sources: [`${spec}#DatabaseAccounts_ListConnectionStrings`],
      heldBy: [sim('arm/arm.test.ts', 'the connection strings hold endpoint and keys')],
    },
    {
      rule: 'regenerateKey answers 202 without Retry-After; the operation is Enqueued, Dequeued, then Succeeded.',
      routes: [
        'POST {account}/regenerateKey',
        'GET {account}/regenerateKey/operationResults/:operation',
        'GET /subscriptions/:subscription/providers/Microsoft.DocumentDB/locations/:location/operationsStatus/:operation',
      ],
      sources: [recording],
      heldBy: [
        sim('arm/recorded-regeneration.test.ts', 'the recorded operation, step by step'),
        sim(
          'arm/recorded-regeneration.test.ts',
          'after all four, every value differs from the first',
        ),
      ],
    },
    {
      rule: 'Location answers 200 without a body once the operation has succeeded.',
      sources: [`${recording}#otherRealServiceEvidence`],
      assumed:
        'Only its 202 is recorded. The SDK looks once more and takes 204 or 404 for an error.',
      knob: null,
      heldBy: [sim('arm/recorded-regeneration.test.ts', 'the recorded operation, step by step')],
    },
    {
      rule: 'While an operation runs, every other write is refused with 412 PreconditionFailed.',
      sources: [`${recording}#otherRealServiceEvidence`],
      heldBy: [
        sim('arm/arm.test.ts', 'while a regeneration runs, every other write is refused with 412'),
      ],
    },
    {
      rule: 'A regeneration lasts from a minute to days.',
      sources: [rotate, `${recording}#observedDurations`],
      heldBy: [
        sim('account/account.test.ts', 'days of regeneration pass in no time on a virtual clock'),
      ],
    },
    {
      rule: 'A failed regeneration may have changed the key.',
      assumed: 'Nothing is published; who believes the failure would lose the key.',
      knob: 'regeneration.failRate, regeneration.failedEffect',
      heldBy: [
        sim('arm/arm.test.ts', 'an operation that fails says so'),
        sim(
          'account/account.test.ts',
          'a failed operation changes the key or not, as the knob says',
        ),
      ],
    },
    {
      rule: 'generationTime changes when listKeys shows the new value.',
      sources: ['arm/2026-04-01-preview/keysMetadata.json#fieldDocs'],
      assumed: 'When that is: at acceptance or at the end.',
      knob: 'regeneration.keysShown',
      heldBy: [sim('arm/arm.test.ts', 'regenerateKey changes one key, and its generation time')],
    },
    {
      rule: 'approximateLastUsageTime appears with 2026-04-01-preview and in no other version.',
      sources: ['arm/2026-04-01-preview/keysMetadata.json'],
      heldBy: [
        sim(
          'arm/key-usage.test.ts',
          'the preview version tells when a key was last used, others do not',
        ),
      ],
    },
    {
      rule: 'How late approximateLastUsageTime is.',
      sources: ['arm/2026-04-01-preview/keysMetadata.json#fieldDocs'],
      assumed: 'Called approximate; the lag is not documented, so it may be any.',
      knob: 'lastUsageLagMs',
      heldBy: [sim('arm/key-usage.test.ts', 'the record lags as the knob says')],
    },
    {
      rule: 'A key that was refused counts as not used.',
      assumed: 'Not published; a refused use that counted would only delay a rotation.',
      knob: null,
      heldBy: [sim('arm/key-usage.test.ts', 'a refused key counts as not used')],
    },
    {
      rule: 'With its capability, a key used in the last 12 hours is not regenerated, unless the check is skipped.',
      sources: [rotate],
      heldBy: [
        sim(
          'arm/key-usage.test.ts',
          'with the capability, a key used in the last 12 hours is not regenerated',
        ),
        sim('arm/key-usage.test.ts', 'the check is bypassed by its property, in either case'),
      ],
    },
    {
      rule: 'That refusal is a 412 PreconditionFailed.',
      sources: [rotate],
      assumed: 'Microsoft says that an error is returned, neither its status nor its text.',
      knob: null,
      heldBy: [
        sim(
          'arm/key-usage.test.ts',
          'with the capability, a key used in the last 12 hours is not regenerated',
        ),
      ],
    },
    {
      rule: 'With its capability, disableLocalAuth is refused while a key is in use.',
      sources: [rotate],
      heldBy: [
        sim(
          'arm/key-usage.test.ts',
          'with its capability, local authentication stays on while a key is in use',
        ),
      ],
    },
    {
      rule: 'Callers have 250 reads and 200 writes at once, refilled by 25 and 10 a second.',
      sources: [
        'https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling',
      ],
      heldBy: [
        sim('limits.test.ts', 'ARM counts reads and writes apart, and tells what is left'),
        sim(
          'limits.test.ts',
          'ARM refuses what is too much, and takes it again after the time it named',
        ),
      ],
    },
    {
      rule: 'A caller may do what the role grants, and is refused the rest with 403 AuthorizationFailed.',
      sources: ['https://learn.microsoft.com/azure/role-based-access-control/troubleshooting'],
      heldBy: [sim('arm/arm.test.ts', 'a caller may do what the role grants, and nothing else')],
    },
    {
      rule: 'A missing or unknown api-version, subscription, group, account or operation is told in ARM’s words.',
      sources: [
        'https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors',
      ],
      heldBy: [sim('arm/arm.test.ts', 'what is not there is not found, in ARM’s words')],
    },
    {
      rule: 'An account is made by PUT, deleted, and made anew with other keys and nothing in it.',
      routes: ['PUT {account}', 'DELETE {account}'],
      sources: [`${spec}#DatabaseAccounts_CreateOrUpdate`, `${spec}#DatabaseAccounts_Delete`],
      heldBy: [
        sim('arm/lifecycle.test.ts', 'an account made anew has other keys, and nothing in it'),
        sim(
          'arm/lifecycle.test.ts',
          'a deleted account is gone for ARM, for its name and for every key',
        ),
      ],
    },
    {
      rule: 'PUT and PATCH answer with the account as it still is; the change holds at the end of the operation.',
      routes: ['GET {account}/operationResults/:operation'],
      sources: [
        'https://github.com/Azure/azure-cli/blob/dev/src/azure-cli/azure/cli/command_modules/cosmosdb/tests/latest/recordings/test_update_database_account.yaml',
      ],
      heldBy: [
        sim(
          'arm/lifecycle.test.ts',
          'a PATCH answers with what still is, and holds at the end of its operation',
        ),
      ],
    },
    {
      rule: 'Properties that change nothing in the simulator are kept and shown.',
      sources: [`${spec}#DatabaseAccountCreateUpdateProperties`],
      heldBy: [
        sim('arm/lifecycle.test.ts', 'what changes nothing in the simulator is kept and shown'),
      ],
    },
    {
      rule: 'A change of failover priorities moves the write region.',
      routes: [
        'POST {account}/failoverPriorityChange',
        'GET {account}/failoverPriorityChange/operationResults/:operation',
      ],
      sources: [`${spec}#DatabaseAccounts_FailoverPriorityChange`],
      heldBy: [
        sim('arm/regions.test.ts', 'a change of failover priorities moves the write region'),
      ],
    },
    {
      rule: 'A region goes offline and comes back.',
      routes: [
        ...['POST {account}/offlineRegion', 'POST {account}/onlineRegion'],
        'GET {account}/offlineRegion/operationResults/:operation',
        'GET {account}/onlineRegion/operationResults/:operation',
      ],
      sources: [`${spec}#DatabaseAccounts_OfflineRegion`, `${spec}#DatabaseAccounts_OnlineRegion`],
      heldBy: [sim('arm/regions.test.ts', 'a region goes offline and comes back')],
    },
    {
      rule: 'Location of a deletion does not lie below the account; at its end, and at that of a failover, it answers 204.',
      routes: [
        'GET /subscriptions/:subscription/providers/Microsoft.DocumentDB/locations/:location/operationResults/:operation',
      ],
      sources: [
        `${spec}#DatabaseAccounts_Delete`,
        'arm/swagger/stable/2024-08-15/examples/CosmosDBDatabaseAccountDelete.json',
      ],
      heldBy: [
        sim(
          'arm/lifecycle.test.ts',
          'a deleted account is gone for ARM, for its name and for every key',
        ),
      ],
    },
    {
      rule: 'Metrics count what the data plane answered; definitions, usages and operations are listed.',
      routes: [
        ...['GET {account}/metrics', 'GET {account}/metricDefinitions', 'GET {account}/usages'],
        ...['GET {account}/region/:region/metrics'],
        'GET /providers/Microsoft.DocumentDB/operations',
      ],
      sources: [`${spec}#DatabaseAccounts_ListMetrics`, `${spec}#DatabaseAccounts_ListUsages`],
      heldBy: [
        sim(
          'arm/metrics.test.ts',
          'metrics count the requests that the data plane answered, by time and region',
        ),
        sim('arm/metrics.test.ts', 'definitions, usages and operations are listed'),
      ],
    },
    {
      rule: 'A name is taken or free: HEAD answers 200 or 404.',
      routes: ['HEAD /providers/Microsoft.DocumentDB/databaseAccountNames/:name'],
      sources: [`${spec}#DatabaseAccounts_CheckNameExists`],
      heldBy: [sim('arm/lifecycle.test.ts', 'a name is taken or free')],
    },
  ],
}
