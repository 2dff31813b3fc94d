import { once } from 'node:events'
import { createServer } from 'node:http'
import { AzureSim } from '@keyturn/azure-sim'
import { backgroundClock, type Clock } from '@keyturn/keyring'
import t from 'tap'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { keyset, SpokenSource } from './helpers/keysets.ts'
import { startBeside } from './helpers/sidecars.ts'

const sim = async (t: { teardown(clean: () => unknown): unknown }) => {
  const azure = await AzureSim.start({ seed: 11 })
  t.teardown(() => azure.stop())
  const key = (kind: 'primary' | 'secondary') => azure.account.shown(kind).key.value
  const document = (version: number, change = {}) =>
    keyset({
      account: azure.accountId,
      endpoint: azure.endpoint,
      version,
      keys: { primary: key('primary'), secondary: key('secondary') },
      ...change,
    })
  return { azure, document }
}

t.test('a new standby is acknowledged once every region has accepted it from here', async t => {
  const { azure, document } = await sim(t)
  const good = document(2)
  const wrong = document(1, { keys: { ...good.keys, secondary: keyset().keys.secondary } })
  const source = new SpokenSource(wrong)
  const { coordinator, lines, sidecar } = await startBeside(t, {
    source,
    probe: { ca: azure.ca, backoff: { firstMs: 20, maxMs: 20 } },
  })
  await lines.until('key-not-accepted', ({ reason }) => reason === 'wrong-key')
  await lines.until('joined')
  t.equal(sidecar.status()?.acknowledged, null)
  source.say(good)
  const report = await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
  t.ok(report.proven.some(fingerprint => fingerprint === report.held?.fingerprints.secondary))
})

t.test('a fenced key is never tried', async t => {
  const { azure, document } = await sim(t)
  const source = new SpokenSource(document(1, { fenced: ['secondary'] }))
  const { coordinator } = await startBeside(t, { source, probe: { ca: azure.ca } })
  const report = await coordinator.until(
    ({ proven, acknowledged }) => proven.length === 1 && acknowledged !== null,
  )
  t.same(report.proven, [report.held?.fingerprints.primary])
  t.equal(report.acknowledged?.version, 1)
  const kinds = azure.witness.testimony().keys.map(({ kind }) => kind)
  t.notOk(kinds.includes('secondary'))
})

t.test('endpoints whose certificate nobody vouches for prove nothing', async t => {
  const { document } = await sim(t)
  const source = new SpokenSource(document(1))
  const { lines, sidecar } = await startBeside(t, { source })
  const line = await lines.until('key-not-accepted')
  t.not(line['reason'], 'wrong-key')
  t.equal(sidecar.status()?.acknowledged, null)
})

t.test(
  'an account that names nonsense as its regions proves nothing, and stops nobody',
  async t => {
    const regions = [{ databaseAccountEndpoint: 'nowhere' }, { databaseAccountEndpoint: 'x://y' }]
    const account = createServer((_request, response) => {
      response.end(JSON.stringify({ readableLocations: regions }))
    })
    account.listen(0, '127.0.0.1')
    await once(account, 'listening')
    t.teardown(() => account.close())
    const at = account.address()
    const endpoint = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/`
    const source = new SpokenSource(keyset({ endpoint }))
    const { lines, sidecar } = await startBeside(t, { source })
    await lines.until('key-not-accepted', ({ reason }) => reason === 'no-url')
    await lines.until('key-not-accepted', ({ reason }) => reason === 'ERR_INVALID_PROTOCOL')
    t.equal(sidecar.status()?.acknowledged, null)
    t.same(sidecar.status()?.proven, [])
  },
)

t.test('a machine whose clock is wrong still proves its keys', async t => {
  const { azure, document } = await sim(t)
  const clock: Clock = { ...backgroundClock, wall: () => Date.now() - 3_600_000 }
  const { coordinator, lines } = await startBeside(t, {
    source: new SpokenSource(document(1)),
    probe: { ca: azure.ca, backoff: { firstMs: 20, maxMs: 20 } },
    clock,
  })
  await lines.until('key-not-accepted', ({ reason }) => reason === 'clock-skew')
  const report = await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  t.equal(report.proven.length, 2)
})

t.test(
  'a pod on an old mount tries no key of a keyset that the fleet has fenced since',
  async t => {
    const { azure, document } = await sim(t)
    const taken = await FakeCoordinator.start()
    t.teardown(() => taken.stop())
    taken.floor = 2
    const source = new SpokenSource(document(1))
    const { coordinator, lines } = await startBeside(t, { source, probe: { ca: azure.ca } }, taken)
    await lines.until('not-serving', ({ code }) => code === 'BELOW_FLOOR')
    t.comment('its source catches up: the standby is fenced, and the active key alone is tried')
    source.say(document(2, { fenced: ['secondary'] }))
    await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
    await coordinator.until(({ proven }) => proven.length === 1)
    const kinds = azure.witness.testimony().keys.map(({ kind }) => kind)
    t.same([...new Set(kinds)], ['primary'])
  },
)
