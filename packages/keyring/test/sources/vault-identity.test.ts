import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkloadIdentityCredential } from '@azure/identity'
import { SecretClient } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { keyVault, Ring } from '@keyturn/keyring'
import t from 'tap'
import { document, scratch } from './file-support.ts'

t.test('a pod follows the vault by its service account, whose token changes under it', async t => {
  // A minute's tokens: the second look needs another one.
  const azure = await AzureSim.start({ seed: 31, tokenLifetimeSeconds: 60 })
  t.teardown(() => azure.stop())
  const tlsOptions = { ca: azure.ca }
  const writer = new SecretClient(azure.vaultUrl, azure.credential, {
    tlsOptions,
    disableChallengeResourceVerification: true,
  })
  await writer.setSecret('orders', document(1))
  const tokenFilePath = join(await scratch(t), 'token')
  const source = keyVault({
    vaultUrl: azure.vaultUrl,
    secretName: 'orders',
    credential: new WorkloadIdentityCredential({
      tenantId: azure.tenantId,
      clientId: azure.principals['reader']?.clientId ?? '',
      tokenFilePath,
      authorityHost: azure.authorityHost,
      disableInstanceDiscovery: true,
      tlsOptions,
    }),
    clientOptions: { tlsOptions },
    pollMs: 3_600_000,
  })
  const ring = new Ring({ source }).start()
  t.teardown(() => source.stop())
  const look = () => source.refresh('requested', AbortSignal.timeout(60_000))
  await t.rejects(look(), { code: 'VAULT_UNREADABLE', message: /see that .* the credential works/ })
  const token = await azure.federatedToken('reader')
  await writeFile(tokenFilePath, token)
  await look()
  t.equal(ring.current?.version, 1, 'it came before its token, and healed')
  await writer.setSecret('orders', document(2))
  await writeFile(tokenFilePath, await azure.federatedToken('reader'))
  await look()
  t.equal(ring.current?.version, 2)
  t.notMatch(JSON.stringify(source.status()), token.slice(0, 20))
})
