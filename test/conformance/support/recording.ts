/*
 * The real service's traffic, as facts: Azure CLI's recording of `az cosmosdb keys regenerate`
 * (Azure/azure-cli, test_keys_database_account.yaml at 0491a0b1740a8a18dc57d4291c7909dd1fc11b19),
 * and what others saw. The same as in Azure's published files, which a test holds.
 */
export const recording = {
  accept: {
    request: { method: 'POST', body: '{"keyKind": "primary"}' },
    response: {
      status: 202,
      body: '{"status":"Enqueued"}',
      headers: {
        'azure-asyncoperation':
          'https://management.azure.com/subscriptions/{sub}/providers/Microsoft.DocumentDB/locations/westus/operationsStatus/5e2bd20c-1b02-4c93-83e0-044c74c4d2fd?api-version=2020-06-01-preview',
        location:
          'https://management.azure.com/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.DocumentDB/databaseAccounts/{acct}/regenerateKey/operationResults/5e2bd20c-1b02-4c93-83e0-044c74c4d2fd?api-version=2020-06-01-preview',
        'cache-control': 'no-store, no-cache',
        pragma: 'no-cache',
        'content-type': 'application/json',
        'content-length': '21',
        server: 'Microsoft-HTTPAPI/2.0',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-ms-gatewayversion': 'version=2.11.0',
        'x-ms-ratelimit-remaining-subscription-writes': '1199',
      },
      absentHeaders: ['retry-after'],
    },
  },
  polls: [
    { status: 200, body: '{"status":"Dequeued"}', repeats: 'every 30 s by the client' },
    { status: 200, body: '{"status":"Succeeded"}' },
  ],
  observedDurations: [
    { keyKind: 'primary', accepted: '04:52:41', succeeded: '04:54:13', seconds: 92 },
    { keyKind: 'primaryReadonly', accepted: '04:54:15', succeeded: '04:55:46', seconds: 91 },
    { keyKind: 'secondary', accepted: '04:55:48', lastDequeuedSeen: '04:57:50', seconds: '>122' },
    { keyKind: 'secondaryReadonly', succeeded: '05:03:26' },
  ],
  listKeys: {
    status: 200,
    bodyFields: [
      'primaryMasterKey',
      'secondaryMasterKey',
      'primaryReadonlyMasterKey',
      'secondaryReadonlyMasterKey',
    ],
    contentLength: 461,
    afterAllFour: 'all four values differ from the first listKeys',
  },
  readonlykeys: {
    status: 200,
    bodyFields: ['primaryReadonlyMasterKey', 'secondaryReadonlyMasterKey'],
    contentLength: 239,
  },
} as const

/** Seen elsewhere: what the evidence says of it, by its source. */
export const seenElsewhere = {
  location: 'https://github.com/Azure/azure-sdk-for-net/issues/44079 (2024-05)',
  exclusiveLock: 'https://github.com/hashicorp/terraform-provider-azurerm/issues/15842 (2022)',
} as const

export const exclusiveLockText =
  'There is another user operation in progress which requires an exclusive lock on [acct]. Please retry after sometime.\r\nActivityId: {guid}, Microsoft.Azure.Documents.Common/2.14.0'

/** What the recording holds beside, and why nothing is held against it. */
export const recordingNotHeld: Readonly<Record<string, string>> = {
  accountGetUnmodelledFields: 'no OpenAPI document models them, and answers are held to those',
  'https://github.com/Azure/azure-rest-api-specs/issues/703 (2016)':
    'older words of the same refusal; the simulator says those of 2022',
  'https://github.com/Azure/azure-libraries-for-java/issues/762 (2019)':
    'a form that a status may take; the simulator takes the recorded one',
  'https://learn.microsoft.com/azure/cosmos-db/how-to-rotate-keys':
    'a span, which regeneration.durationMs sets; docs/fidelity.md has its row',
}
