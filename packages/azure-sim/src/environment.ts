/** A simulated principal's credentials. They open nothing but the simulator. */
export interface PrincipalCredentials {
  readonly clientId: string
  readonly objectId: string
  readonly clientSecret: string
}

/** Everything that another process needs to connect, as plain JSON. Never an account key. */
export interface Description {
  readonly seed: number
  /** The account's global endpoint. */
  readonly endpoint: string
  readonly regions: readonly {
    readonly name: string
    readonly endpoint: string
    readonly writable: boolean
  }[]
  readonly armEndpoint: string
  readonly vaultUrl: string
  readonly authorityHost: string
  /** Where `GET /witness`, `GET|PUT /weather` and `GET|PUT /regeneration` are. */
  readonly controlUrl: string
  readonly tenantId: string
  readonly subscriptionId: string
  readonly resourceGroup: string
  readonly accountName: string
  /** The account's ARM resource id. */
  readonly accountId: string
  readonly principals: Readonly<Record<string, PrincipalCredentials>>
  /** The authority that signed every server's certificate; PEM. */
  readonly ca: string
}

/** As `@azure/identity` reads them: `EnvironmentCredential` and `DefaultAzureCredential`. */
export type AzureEnvironment = Readonly<
  Record<
    'AZURE_TENANT_ID' | 'AZURE_CLIENT_ID' | 'AZURE_CLIENT_SECRET' | 'AZURE_AUTHORITY_HOST',
    string
  >
>

/** As App Service sets them for an application with a managed identity. */
export type ManagedIdentityEnvironment = Readonly<
  Record<'IDENTITY_ENDPOINT' | 'IDENTITY_HEADER', string>
>

export function environmentOf(
  description: Description,
  { clientId, clientSecret }: PrincipalCredentials,
): AzureEnvironment {
  return {
    AZURE_TENANT_ID: description.tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
    AZURE_AUTHORITY_HOST: description.authorityHost,
  }
}
