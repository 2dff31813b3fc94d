import { SecretClient } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { heldOf } from '@keyturn/core'
import { fingerprintOfKey, type KeyVaultOptions, keyVault, Ring } from '@keyturn/keyring'
import { Rig } from '@keyturn/testkit'
import t from 'tap'
import { account, newKey } from '../support.ts'

interface Test {
  teardown(clean: () => unknown): unknown
}

/** A vault of azure-sim, and a ring that follows it when it is asked to. */
const stage = async (t: Test, options: Partial<KeyVaultOptions>, principal = 'operator') => {
  const azure = await AzureSim.start({ seed: 11 })
  t.teardown(() => azure.stop())
  const clientOptions = { tlsOptions: { ca: azure.ca } }
  const vault = new SecretClient(azure.vaultUrl, azure.credential, {
    ...clientOptions,
    disableChallengeResourceVerification: true,
  })
  const source = keyVault({
    vaultUrl: azure.vaultUrl,
    secretName: 'orders',
    credential: azure.credentialOf(principal),
    clientOptions,
    endpoint: 'https://x.documents.azure.com/',
    pollMs: 3_600_000,
    ...options,
  })
  const ring = new Ring({ source })
  t.teardown(() => source.stop())
  const look = () => source.refresh('requested', AbortSignal.timeout(60_000))
  const held = () => ring.current && heldOf(ring.current)
  return { azure, vault, source, ring, look, held }
}

const secretName = { primary: 'orders-1', secondary: 'orders-2', active: 'orders-active' }

t.test('two secrets and a word are a keyset without version and fences', async t => {
  const { vault, ring, look, held, source } = await stage(t, { secretName, account })
  const keys = { primary: newKey(), secondary: newKey() }
  ring.start()
  await t.rejects(look(), { message: /Secret orders-1 .*HTTP 404/ })
  await vault.setSecret('orders-1', keys.primary)
  await vault.setSecret('orders-2', keys.secondary)
  await t.rejects(look(), { message: /Secret orders-active .*HTTP 404/ })
  await vault.setSecret('orders-active', 'secondary')
  await look()
  t.match(ring.current, {
    account,
    version: 0,
    active: 'secondary',
    fenced: [],
    installation: null,
  })
  t.equal(held()?.fingerprints.primary, fingerprintOfKey(keys.primary))
  const before = ring.current
  await look()
  t.equal(ring.current, before, 'the same versions: the very same object')

  const next = newKey()
  await vault.setSecret('orders-1', next)
  await look()
  t.equal(held()?.fingerprints.primary, fingerprintOfKey(next))
  await vault.setSecret('orders-1', next.slice(4))
  await t.rejects(look(), { message: /secret orders-1 is not an account key/ })
  t.notMatch(source.status().lastError, next.slice(4))
  t.equal(held()?.fingerprints.primary, fingerprintOfKey(next), 'the last good one stays')
})

t.test('a replica that lags takes no key back', async t => {
  const { azure, vault, ring, look, held, source } = await stage(t, { secretName })
  await vault.setSecret('orders-1', newKey())
  await vault.setSecret('orders-2', newKey())
  await vault.setSecret('orders-active', 'primary')
  ring.start()
  await look()
  azure.setWeather({ vault: { staleMs: [3_600_000, 3_600_000], staleRate: 0 } })
  const next = newKey()
  await vault.setSecret('orders-2', next)
  await look()
  t.equal(held()?.fingerprints.secondary, fingerprintOfKey(next))
  azure.setWeather({ vault: { staleRate: 1 } })
  await t.rejects(look(), { message: /orders-2 .* older version than before/ })
  t.equal(held()?.fingerprints.secondary, fingerprintOfKey(next))
  azure.setWeather({ vault: { staleRate: 0 } })
  await look()
  t.equal(source.status().lastError, null)
})

/** What Azure's rotation function leaves behind with each turn. */
const tagged = (credential: string, address: string = account) => ({
  tags: { CredentialId: credential, ProviderAddress: address, ValidityPeriodDays: '60' },
})

t.test('Azure’s tagged layout gives both keys, the latest one active', async t => {
  const { vault, ring, look, held } = await stage(t, {})
  const [one, two, three] = [newKey(), newKey(), newKey()]
  await vault.setSecret('orders', one, tagged('Primary'))
  await vault.setSecret('orders', two, tagged('Secondary'))
  ring.start()
  await look()
  t.match(ring.current, { account, version: 0, active: 'secondary', fenced: [], pair: 'readWrite' })
  t.match(held()?.fingerprints, {
    primary: fingerprintOfKey(one),
    secondary: fingerprintOfKey(two),
  })
  await vault.setSecret('orders', three, tagged('Primary'))
  await look()
  t.match(held(), {
    active: 'primary',
    fingerprints: { primary: fingerprintOfKey(three), secondary: fingerprintOfKey(two) },
  })
})

t.test('without the right to list, the other key is known from its own time', async t => {
  const { vault, ring, look, held } = await stage(t, {}, 'reader')
  const [one, two] = [newKey(), newKey()]
  await vault.setSecret('orders', one, tagged('primary'))
  ring.start()
  await look()
  const alone = fingerprintOfKey(one)
  t.match(held()?.fingerprints, { primary: alone, secondary: alone }, 'nothing is made up')
  await vault.setSecret('orders', two, tagged('secondary'))
  await look()
  t.match(held(), {
    active: 'secondary',
    fingerprints: { primary: alone, secondary: fingerprintOfKey(two) },
  })
})

t.test('a tagged secret of read-only keys, of another account, or of no slot', async t => {
  const readOnly = await stage(t, {})
  await readOnly.vault.setSecret('orders', newKey(), tagged('SecondaryReadonly'))
  readOnly.ring.start()
  await readOnly.look()
  t.match(readOnly.ring.current, { pair: 'readOnly', active: 'secondary' })
  await readOnly.vault.setSecret('orders', newKey(), tagged('key1'))
  await t.rejects(readOnly.look(), { message: /CredentialId names neither Primary nor Secondary/ })

  const other = await stage(t, { account })
  await other.vault.setSecret('orders', newKey(), tagged('Primary', `${account}-other`))
  other.ring.start()
  await t.rejects(other.look(), { message: /for another account/ })
  t.equal(other.ring.current, null, 'not even as the first one')
})

t.test('a layout without fences holds up a rotation until it is waived', async t => {
  const { vault, ring, look, held } = await stage(t, {
    secretName: { primary: 'a', secondary: 'b' },
  })
  await vault.setSecret('a', newKey())
  await vault.setSecret('b', newKey())
  ring.start()
  await look()
  const rig = Rig.adopted()
  rig.rotate()
  rig.second()
  const two = rig.member('two')
  two.deaf = true
  two.held = held()
  rig.run(20)
  t.ok(rig.codes.includes('NOT_FENCED'), rig.codes.join())
  t.equal(rig.azure.posts, 0)
})
