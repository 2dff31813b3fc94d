// Stands in for the kubelet and the CSI driver: what the vault has is mounted in a directory, whose
// `..data` link is replaced whenever it has changed.

import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClientSecretCredential } from '@azure/identity'
import { SecretClient } from '@azure/keyvault-secrets'

const lookMs = 200

export class Mount {
  readonly path: string
  #count = 0

  constructor(path: string) {
    this.path = path
    mkdirSync(path)
    symlinkSync(join('..data', 'keyset.json'), join(path, 'keyset.json'))
  }

  swap(keyset: string): void {
    const folder = `..${this.#count++}`
    mkdirSync(join(this.path, folder))
    writeFileSync(join(this.path, folder, 'keyset.json'), keyset, { mode: 0o600 })
    symlinkSync(folder, join(this.path, '..data_tmp'))
    renameSync(join(this.path, '..data_tmp'), join(this.path, '..data'))
  }
}

/** Settles once the first version is mounted. @returns what ends it. */
export const follow = async (
  environment: Readonly<Record<string, string>>,
  mount: Mount,
): Promise<() => Promise<void>> => {
  const of = (name: string): string => environment[name] ?? ''
  const credential = new ClientSecretCredential(
    of('AZURE_TENANT_ID'),
    of('AZURE_CLIENT_ID'),
    of('AZURE_CLIENT_SECRET'),
    { authorityHost: of('AZURE_AUTHORITY_HOST'), disableInstanceDiscovery: true },
  )
  const vault = new SecretClient(of('KEY_VAULT_URL'), credential, {
    disableChallengeResourceVerification: true,
  })
  let mounted = ''
  const look = async (): Promise<void> => {
    const { value = '' } = await vault.getSecret('cosmos-keyset')
    if (value !== mounted) mount.swap(value)
    mounted = value
  }
  await look()
  const ended = new AbortController()
  const following = (async () => {
    while (!ended.signal.aborted) {
      await look()
      await sleep(lookMs)
    }
  })()
  return async () => {
    ended.abort()
    await following
  }
}
