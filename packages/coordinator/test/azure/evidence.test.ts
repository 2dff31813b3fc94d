import t, { type Test } from 'tap'
import { openArm, openLocalAuth } from '../../src/azure/arm.ts'
import { openEvidence } from '../../src/azure/evidence.ts'
import { openProber } from '../../src/azure/probe.ts'
import { startAzure } from '../support.ts'

const open = async (t: Test) => {
  const azure = await startAzure(t, { regeneration: { durationMs: 0 }, lastUsageLagMs: 0 })
  const { accountId: account, credential, armEndpoint: endpoint } = azure
  const at = { account, credential, endpoint }
  const use = async (slot: 'primary' | 'secondary', pair: 'readWrite' | 'readOnly') => {
    const { regions, keys } = await openArm({ ...at, pair }).look(null)
    const [region] = regions
    return region && openProber({ now: Date.now }).probe(region, keys[slot])
  }
  return { azure, at, use }
}

t.test('Azure says when a key was last used, on its own clock', async t => {
  const { at, use } = await open(t)
  const evidence = openEvidence({ ...at, pair: 'readWrite' })
  t.match(await evidence.read(), {
    lastUse: { primary: null, secondary: null },
    lastUseOfAny: null,
  })
  t.equal(await use('secondary', 'readWrite'), null)
  const { azureNow, lastUse, lastUseOfAny } = await evidence.read()
  t.equal(lastUse.primary, null)
  t.ok(Math.abs(azureNow - (lastUse.secondary ?? 0)) < 60_000)
  t.equal(lastUseOfAny, lastUse.secondary)
})

t.test('the read-only pair has uses of its own, which the account as a whole knows', async t => {
  const { at, use } = await open(t)
  t.equal(await use('primary', 'readOnly'), null)
  const readWrite = await openEvidence({ ...at, pair: 'readWrite' }).read()
  t.same(readWrite.lastUse, { primary: null, secondary: null })
  t.type(readWrite.lastUseOfAny, 'number')
  const readOnly = await openEvidence({ ...at, pair: 'readOnly' }).read()
  t.equal(readOnly.lastUse.primary, readWrite.lastUseOfAny)
})

t.test('what cannot be read throws, and shows no token', async t => {
  const { azure, at } = await open(t)
  const evidence = openEvidence({ ...at, pair: 'readWrite', withinMs: 10_000 })
  azure.weather.once({ service: 'arm', fault: 'reset', path: 'databaseAccounts' })
  await t.rejects(evidence.read())
  await t.rejects(openEvidence({ ...at, account: `${at.account}-x`, pair: 'readWrite' }).read(), {
    message: 'HTTP 404',
  })
  const nobody = { getToken: async () => null }
  await t.rejects(openEvidence({ ...at, credential: nobody, pair: 'readWrite' }).read(), {
    message: /CREDENTIAL_MISSING/,
  })
})

t.test('a read-only key is regenerated, and no other one moves', async t => {
  const { at } = await open(t)
  const readOnly = openArm({ ...at, pair: 'readOnly' })
  const readWrite = openArm(at)
  const [before, others] = await Promise.all([readOnly.look(null), readWrite.look(null)])
  t.not(before.view.fingerprints.primary, others.view.fingerprints.primary)
  const sent = await readOnly.regenerate('secondary', 60_000)
  const operation = sent.is === 'accepted' ? sent.operation : ''
  let look = await readOnly.look(operation)
  while (look.view.operation?.status !== 'succeeded') look = await readOnly.look(operation)
  t.not(look.view.fingerprints.secondary, before.view.fingerprints.secondary)
  t.equal(look.view.fingerprints.primary, before.view.fingerprints.primary)
  t.same((await readWrite.look(null)).view.fingerprints, others.view.fingerprints)
})

t.test('Azure’s refusal of a key in use is told apart, and can be passed over', async t => {
  const { azure, at, use } = await open(t)
  azure.account.flags.capabilities = ['EnableKeyCheckBeforeRegenerationPreview']
  await use('secondary', 'readWrite')
  const arm = openArm(at)
  t.match(await arm.regenerate('secondary', 60_000), { is: 'refused', because: 'recently-used' })
  const sent = await arm.regenerate('secondary', 60_000, { skipUsageCheck: true })
  t.equal(sent.is, 'accepted')
  const busy = await arm.regenerate('primary', 60_000)
  t.notMatch(busy, { because: 'recently-used' }, 'a lock is another refusal')
  const operation = sent.is === 'accepted' ? sent.operation : ''
  let { view } = await arm.look(operation)
  while (view.operation?.status === 'running') view = (await arm.look(operation)).view
  t.equal(view.operation?.status, 'succeeded', 'followed as any other')
})

t.test('key authentication ends, and a look shows it', async t => {
  const { at, use } = await open(t)
  const arm = openArm(at)
  t.equal((await arm.look(null)).view.localAuthDisabled, false)
  await openLocalAuth(at).disable()
  while ((await arm.look(null)).view.localAuthDisabled !== true);
  t.match(await use('primary', 'readWrite'), /local-auth-disabled/)
})

t.test('where Azure itself has seen a use, it does not end', async t => {
  const { azure, at, use } = await open(t)
  azure.account.flags.capabilities = ['EnableAccountKeysLastUsageCheckInDisableLocalAuth']
  await use('primary', 'readWrite')
  await t.rejects(openLocalAuth(at).disable(), { name: 'RestError' })
})
