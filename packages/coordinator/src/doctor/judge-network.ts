import type { AccountFacts, Configured, Facts } from './facts.ts'
import { type Finding, trouble, well } from './finding.ts'

const network = trouble('network')

const throughMembers =
  'This says nothing of the members: each probes from where it stands, before it acknowledges a new key.'

export const judgeNetwork = ({ account, regions }: Facts): readonly Finding[] => {
  const found: Finding[] = regions
    .filter(({ reached }) => reached.known && reached.value.blocked)
    .map(({ name, endpoint }) =>
      network(
        'wrong',
        'FIREWALL_BLOCKS',
        `The account's firewall turns this machine away at ${endpoint} (${name}).`,
        'Run the coordinator where the account is reachable, by a private endpoint or an allowed address: it probes each new key in every region.',
      ),
    )
  if (!account.known || found.length > 0) return found
  const finding = ofSettings(account.value)
  return [
    finding ?? well('network', `The account is open to the public network. ${throughMembers}`),
  ]
}

const ofSettings = ({
  publicNetworkAccess,
  privateEndpoints,
  ipRules,
  networkRules,
}: AccountFacts): Finding | null => {
  if (publicNetworkAccess !== 'Enabled') {
    return network(
      'warning',
      'PUBLIC_ACCESS_DISABLED',
      `The account is closed to the public network (${publicNetworkAccess}), with ${privateEndpoints} private endpoints.`,
      `See that the coordinator and every member resolve the account, and each of its regions, to a private endpoint. ${throughMembers}`,
    )
  }
  return ipRules + networkRules > 0
    ? network(
        'warning',
        'FIREWALL_SELECTIVE',
        `The account lets in ${ipRules} address ranges and ${networkRules} subnets only.`,
        `See that the coordinator and every member are among them. ${throughMembers}`,
      )
    : null
}

/** What each of Azure's clouds calls its parts (learn.microsoft.com, "Compare Azure Government and global Azure"; "Azure China developer guide"). */
const clouds = [
  {
    name: 'public Azure',
    data: ['.documents.azure.com'],
    arm: ['management.azure.com'],
    vault: ['.vault.azure.net'],
    authority: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com'],
  },
  {
    name: 'Azure Government',
    data: ['.documents.azure.us'],
    arm: ['management.usgovcloudapi.net'],
    vault: ['.vault.usgovcloudapi.net'],
    authority: ['login.microsoftonline.us'],
  },
  {
    name: 'Azure in China',
    data: ['.documents.azure.cn'],
    arm: ['management.chinacloudapi.cn'],
    vault: ['.vault.azure.cn'],
    authority: ['login.chinacloudapi.cn', 'login.partner.microsoftonline.cn'],
  },
] as const

type Part = 'data' | 'arm' | 'vault' | 'authority'

const partNames: Readonly<Record<Part, string>> = {
  data: 'the endpoint',
  arm: 'Azure Resource Manager (armEndpoint)',
  vault: 'the vault',
  authority: 'the authority (AZURE_AUTHORITY_HOST)',
}

const loopback = ['localhost', '127.0.0.1', '[::1]']
const embedded = 'an Azure on this machine'

/** Which cloud a part belongs to; `null`: none that is known. */
export const cloudOf = (part: Part, url: string): string | null => {
  const { hostname } = new URL(url)
  if (loopback.includes(hostname)) return embedded
  const found = clouds.find(cloud =>
    cloud[part].some(name => (name.startsWith('.') ? hostname.endsWith(name) : hostname === name)),
  )
  return found?.name ?? null
}

const cloud = trouble('cloud')

export const judgeCloud = ({ configured }: Facts): readonly Finding[] => {
  const parts = partsOf(configured)
  const named = parts.map(({ part, url }) => ({ part, url, cloud: cloudOf(part, url) }))
  const of = new Set(named.map(({ cloud }) => cloud).filter(name => name !== null))
  const listed = named
    .map(({ part, url, cloud }) => `${partNames[part]} ${new URL(url).hostname}: ${cloud ?? '?'}`)
    .join('; ')
  if (of.size > 1) {
    return [
      cloud(
        'wrong',
        'CLOUD_MIXED',
        `The parts belong to different clouds (${listed}).`,
        'Set armEndpoint and vault in the configuration, and AZURE_AUTHORITY_HOST, to those of the cloud that the account is in.',
      ),
    ]
  }
  const unknown = named.filter(({ cloud }) => cloud === null)
  return unknown.length > 0
    ? [
        cloud(
          'warning',
          'CLOUD_UNKNOWN',
          `Not every part is known to belong to one cloud (${listed}).`,
          'Compare them with the documents of your cloud; a custom domain may be meant.',
        ),
      ]
    : [well('cloud', `Every part belongs to ${[...of].join()}.`)]
}

const partsOf = ({
  endpoint,
  armEndpoint,
  vaultUrl,
  authority,
}: Configured): readonly { part: Part; url: string }[] => [
  { part: 'data', url: endpoint },
  { part: 'arm', url: armEndpoint },
  { part: 'vault', url: vaultUrl },
  { part: 'authority', url: authority },
]
