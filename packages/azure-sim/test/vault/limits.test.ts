import t from 'tap'
import { VirtualClock } from '../../src/clock.ts'
import type { Call } from '../../src/http/call.ts'
import { Backups } from '../../src/vault/backup.ts'
import { VaultLimit } from '../../src/vault/limits.ts'
import { SecretStore } from '../../src/vault/store.ts'
import { createVault } from '../../src/vault/vault.ts'

const principal = {
  name: 'reader',
  clientId: 'client',
  objectId: 'object',
  clientSecret: '',
  actions: ['*'],
  roles: [],
  appRoles: [],
  certificates: [],
  identityHeader: '',
  federatedSubject: '',
}

t.test('the vault refuses the 4,001st transaction in ten seconds', async t => {
  const clock = new VirtualClock(0)
  const store = new SecretStore(clock)
  store.set('x', 'value', {})
  const vault = createVault({
    name: 'vault-sim',
    resourceId: '',
    store,
    backups: new Backups(),
    limit: new VaultLimit(clock),
    verify: async () => ({ caller: { principal, issuer: '' } }),
    url: () => '',
    authorization: () => '',
  })
  const call: Call = {
    method: 'GET',
    path: '/secrets/x',
    query: new URLSearchParams('api-version=7.5'),
    headers: {},
    text: '',
  }
  const statuses = new Set<number>()
  for (let sent = 0; sent < 4_000; sent++) statuses.add((await vault(call)).status)
  t.same([...statuses], [200])
  clock.advance(2_500)
  t.match(await vault(call), {
    status: 429,
    headers: { 'retry-after': '8' },
    body: { error: { code: 'Throttled' } },
  })
  clock.advance(8_000)
  t.equal((await vault(call)).status, 200)
})
