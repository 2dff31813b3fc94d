import { join } from 'node:path'
import { SecretClient } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { keyVault } from '@keyturn/keyring'
import type { KeysetDocument } from '@keyturn/protocol'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { keyset, keysetContentType } from './helpers/keysets.ts'
import { LogLines } from './helpers/log-lines.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'

t.test(
  'a keyset goes from the vault to an application, and its use to the coordinator',
  async t => {
    const azure = await AzureSim.start({ seed: 7 })
    t.teardown(() => azure.stop())
    const primary = azure.account.shown('primary').key.value
    const secondary = azure.account.shown('secondary').key.value
    const published: KeysetDocument = keyset({
      account: azure.accountId,
      endpoint: azure.endpoint,
      keys: { primary, secondary },
    })
    const tlsOptions = { ca: azure.ca }
    const vault = new SecretClient(azure.vaultUrl, azure.credential, {
      disableChallengeResourceVerification: true,
      tlsOptions,
    })
    const publish = (document: KeysetDocument) =>
      vault.setSecret('orders', JSON.stringify(document), { contentType: keysetContentType })
    await publish(published)

    const directory = await scratch(t)
    const coordinator = await FakeCoordinator.start()
    t.teardown(() => coordinator.stop())
    const lines = new LogLines()
    const socket = join(directory, 'keyturn.sock')
    const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
    await application.until(({ is }) => is === 'started')

    const sidecar = new Sidecar({
      name: 'pod-1',
      source: keyVault({
        vaultUrl: azure.vaultUrl,
        secretName: 'orders',
        credential: azure.credentialOf('reader'),
        clientOptions: { tlsOptions },
      }),
      socket,
      coordinator: { url: coordinator.url, token: 'member-token' },
      stateDirectory: join(directory, 'state'),
      probe: { ca: azure.ca },
      log: lines.log,
    })
    await sidecar.start()
    t.teardown(() => sidecar.stop())

    t.comment('the application started first, and is served once the member has joined')
    await application.until(({ is, version }) => is === 'swapped' && version === 1)
    const first = await coordinator.until(
      ({ acknowledged, clients }) => acknowledged?.version === 1 && clients.attached === 1,
    )
    t.match(first, { durable: true, clients: { lost: [] }, account: azure.accountId })
    t.equal(first.proven.length, 2, 'both keys were tried in every region from here')
    t.equal(coordinator.reports[0]?.authorization, 'Bearer member-token')

    t.comment('a request is in flight with the secondary while it is being fenced')
    await publish({ ...published, version: 2, active: 'secondary' })
    coordinator.announce(2)
    await application.until(({ is, version }) => is === 'swapped' && version === 2)
    application.send('begin')
    await application.until(({ is, slot }) => is === 'begun' && slot === 'secondary')
    await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
    await publish({ ...published, version: 3, active: 'primary', fenced: ['secondary'] })
    coordinator.announce(3)
    const busy = await coordinator.until(({ acknowledged }) => acknowledged?.version === 3)
    const inFlight = (report: typeof busy) =>
      report.usage.find(({ fingerprint }) => fingerprint === report.held?.fingerprints.secondary)
        ?.inFlight
    t.equal(inFlight(busy), 1, 'the fence is acknowledged, and the key is not drained')
    application.send('end')
    const drained = await coordinator.until(report => inFlight(report) === 0)
    t.equal(drained.acknowledged?.version, 3, 'drained is said together with the fence')

    t.comment('everybody leaves')
    application.send('stop')
    t.equal(await application.exited(), 0)
    await coordinator.until(({ clients }) => clients.attached === 0 && clients.lost.length === 0)
    await sidecar.stop()
    t.equal(coordinator.last?.goodbye, true)
    t.same(coordinator.refusedBodies, [])
    t.ok(
      lines.lines.every(({ event }) => typeof event === 'string'),
      'each line names its event',
    )
  },
)
