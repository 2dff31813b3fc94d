import type { TokenCredential } from '@azure/identity'

/** Authorities of Azure's own clouds: for these the SDK verifies the authority online. */
const azureAuthorities = [
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.chinacloudapi.cn',
]

/**
 * Whoever this process is in Azure: managed identity, workload identity, environment, `az login`,
 * as `DefaultAzureCredential` finds it. Loaded only by commands that talk to Azure.
 */
export const azureCredential = async (
  env: Readonly<Record<string, string | undefined>>,
): Promise<TokenCredential> => {
  const { DefaultAzureCredential } = await import('@azure/identity')
  const authorityHost = env['AZURE_AUTHORITY_HOST']
  if (authorityHost === undefined) return new DefaultAzureCredential()
  const known = azureAuthorities.includes(new URL(authorityHost).hostname)
  return new DefaultAzureCredential({ authorityHost, disableInstanceDiscovery: !known })
}
