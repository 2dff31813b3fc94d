/*
 * Refusals that the real services were seen to give, each with where it was read. The same facts as
 * in Azure's published files, from which a test holds them not to differ: they stand here so that
 * they are held against the simulator also where those files are absent. {braces} vary.
 */

export interface Refusal {
  readonly status: number
  readonly substatus?: number | string
  readonly code?: string
  readonly body?: { readonly code: string; readonly message: string }
  readonly message?: string
  readonly messageStartsWith?: string
  readonly messagePattern?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly source?: string
}

export interface ClockSample {
  readonly start: string
  readonly expiry: string
  readonly server: string
  readonly source: string
}

const issue = (path: string): string => `https://github.com/${path}`

export const cosmosRefusals = {
  gateway401_wrongKey: {
    status: 401,
    body: {
      code: 'Unauthorized',
      message:
        "The input authorization token can't serve the request. The wrong key is being used or the expected payload is not built as per the protocol. For more info: https://aka.ms/cosmosdb-tsg-unauthorized. Server used the following payload to sign: 'post\ndocs\ndbs/TestDatabase/colls/TestContainer\nsat, 18 jun 2022 08:34:53 gmt\n\n'\r\nActivityId: 746a4599-4fe5-4956-962e-cd79b7de043f, Microsoft.Azure.Documents.Common/2.14.0",
    },
    headers: {
      'transfer-encoding': 'chunked',
      server: 'Microsoft-HTTPAPI/2.0',
      'x-ms-activity-id': '746a4599-4fe5-4956-962e-cd79b7de043f',
      'x-ms-gatewayversion': 'version=2.14.0',
      'content-type': 'application/json',
      'strict-transport-security': 'max-age=31536000',
      date: 'Sat, 18 Jun 2022 08:34:53 GMT',
    },
    source: issue('Azure/azure-sdk-for-rust/issues/831'),
  },
  readOnlyKeyOnWrite: { status: 401 },
  gateway401_headerMissing: {
    status: 401,
    body: {
      code: 'Unauthorized',
      message:
        'Required Header authorization is missing. Ensure a valid Authorization token is passed.\r\nActivityId: 156da7de-c571-467c-b06d-10842bec3bd3, Microsoft.Azure.Documents.Common/2.7.0',
    },
    source: issue('Azure/azure-cli/issues/10908'),
  },
  gateway401_headerMalformed: {
    status: 401,
    code: 'Unauthorized',
    messageStartsWith:
      "Authorization header doesn't confirm to the required format. Please verify and try again",
    source: issue('Azure/azure-sdk-for-python/issues/29659'),
  },
  gateway401_localAuthDisabled: {
    status: 401,
    substatus: 5202,
    messageStartsWith:
      'Local Authorization is disabled. Use an AAD token to authorize all requests.\r\nActivityId: ',
  },
  gateway403_clockSkew: {
    status: 403,
    substatus: 0,
    code: 'Forbidden',
    messagePattern:
      'The authorization token is not valid at the current time. Please create another token and retry (token start time: {RFC1123}, token expiry time: {RFC1123 = start + 15 min}, current server time: {RFC1123}).\r\nActivityId: {guid}, Microsoft.Azure.Documents.Common/{version}',
  },
} as const satisfies Record<string, Refusal>

export const clockSamples: readonly ClockSample[] = [
  {
    start: 'Tue, 02 Oct 2018 12:00:46 GMT',
    expiry: 'Tue, 02 Oct 2018 12:15:46 GMT',
    server: 'Tue, 02 Oct 2018 11:54:00 GMT',
    source: issue('microsoft/vscode-cosmosdb/issues/842'),
  },
  {
    start: 'Sun, 19 Apr 2020 17:46:34 GMT',
    expiry: 'Sun, 19 Apr 2020 18:01:34 GMT',
    server: 'Sun, 19 Apr 2020 16:47:29 GMT',
    source: issue('microsoft/vscode-cosmosdb/issues/1425'),
  },
  {
    start: 'Mon, 29 Mar 2021 08:10:54 GMT',
    expiry: 'Mon, 29 Mar 2021 08:25:54 GMT',
    server: 'Tue, 30 Mar 2021 12:56:21 GMT',
    source: issue('Azure-Samples/azure-cosmos-db-python-getting-started/issues/18'),
  },
  {
    start: 'Tue, 08 May 2018 12:47:34 GMT',
    expiry: 'Tue, 08 May 2018 13:02:34 GMT',
    server: 'Tue, 08 May 2018 12:39:54 GMT',
    source: issue('Azure/azure-cosmos-dotnet-v2/issues/512'),
  },
]

/** What the evidence holds beside, and why nothing is held against it; told wherever it counts. */
export const notHeld: Readonly<Record<string, string>> = {
  gateway401_wrongKey_older: 'the words of gateway 2.11; the simulator speaks as 2.14 does',
  backend401_macSignature: 'direct mode; the simulator is a gateway',
  backend403_resourceToken: 'a firewall’s words as well; which token was refused is not told',
  rotationBehaviour: 'claims without an answer; the weather’s rows in docs/fidelity.md hold them',
}

/** By status and substatus: why no situation is brought about here. */
export const substatusesNotHeld: Readonly<Record<string, string>> = {
  '401 0': 'said by gateway401_wrongKey, whose recorded answer has no such header',
  '403 1008': 'the simulated account cannot vanish from under its own address',
  '403 5400': 'a constant of the Rust SDK; which status it comes with is not stated',
  '403 1014': 'a logical partition of 20 GB is not simulated',
}

export const vaultChallenge = {
  status: 401,
  headers: {
    'Content-Length': '97',
    'Cache-Control': 'no-cache',
    'Content-Type': 'application/json; charset=utf-8',
    Expires: '-1',
    Pragma: 'no-cache',
    'Strict-Transport-Security': 'max-age=31536000;includeSubDomains',
    'Www-Authenticate':
      'Bearer authorization="https://login.windows.net/{tenant}", resource="https://vault.azure.net"',
    'X-Content-Type-Options': 'nosniff',
    'X-Ms-Keyvault-Network-Info': 'conn_type=Ipv4;addr={ip};act_addr_fam=InterNetwork;',
    'X-Ms-Keyvault-Region': 'eastus',
    'X-Ms-Keyvault-Service-Version': '1.9.640.1',
    'X-Ms-Request-Id': '{guid}',
  },
  body: {
    error: {
      code: 'Unauthorized',
      message: 'AKV10000: Request is missing a Bearer or PoP token.',
    },
  },
  source: issue('hashicorp/terraform-provider-azurerm/issues/19749'),
} as const

export interface VaultRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly innererror?: string
  readonly source: string
}

export const vaultRefusals: readonly VaultRefusal[] = [
  {
    status: 401,
    code: 'Unauthorized',
    message: 'AKV10022: Invalid audience. Expected https://vault.azure.net, found: {aud}.',
    source: issue('argoproj-labs/argocd-vault-plugin/issues/621'),
  },
  {
    status: 401,
    code: 'Unauthorized',
    message:
      'AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{tenant}/, found https://sts.windows.net/{other}/.',
    source: issue('Azure/azure-sdk-for-js/issues/6221'),
  },
  {
    status: 404,
    code: 'SecretNotFound',
    message: 'Deleted Secret not found: MySecretName',
    source: issue('Azure/azure-sdk-for-net/issues/26027'),
  },
  {
    status: 409,
    code: 'Conflict',
    message:
      'Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.',
    innererror: 'ObjectIsDeletedButRecoverable',
    source: issue('ironmansoftware/powershell-universal/issues/1990'),
  },
]
