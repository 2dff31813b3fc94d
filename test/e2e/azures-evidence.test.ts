import { Agent } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { CosmosClient } from '@azure/cosmos'
import { type AzureSim, VirtualClock } from '@keyturn/azure-sim'
import t from 'tap'
import { Turning } from './support/turning.ts'

t.setTimeout(600_000)

const minute = 60_000
const hour = 60 * minute

type Status = Awaited<ReturnType<Turning['status']>>

/** Azure's clock stands still but for the test; requests are dated by ours, days off if need be. */
const azureAt = (clock: VirtualClock) => ({
  clock,
  tokenLifetimeSeconds: 10 * 86_400,
  dateWindow: { aheadMs: 10 * 86_400_000, behindMs: 10 * 86_400_000 },
  regeneration: { durationMs: 0, spreadMs: 0 },
  lastUsageLagMs: 0,
})

/** Somebody's notebook: no sidecar, no member, a key of its own and Microsoft's plain client. */
const openStray = (azure: AzureSim, key: string): CosmosClient =>
  new CosmosClient({
    endpoint: azure.endpoint,
    key,
    agent: new Agent({ ca: azure.ca }),
    connectionPolicy: { enableBackgroundEndpointRefreshing: false },
  })

t.test('a stray without a sidecar blocks the regeneration until it stops', async t => {
  const clock = new VirtualClock()
  const turning = await Turning.open(t, {
    azure: azureAt(clock),
    // As by default: a lag of 15 minutes, and 12 hours of silence from whoever was seen.
    policy: { evidence: { is: 'azure', pollMs: 50 } },
    members: ['one'],
  })
  const { azure } = turning
  const stray = openStray(azure, azure.account.shown('secondary').key.value)
  t.teardown(() => stray.dispose())
  await stray.getDatabaseAccount()
  await turning.verb({ verb: 'rotate', slot: 'secondary', reason: 'the test' })
  const blocked = (code: string) => turning.until(code, status => blockerOf(status, code) !== null)
  await turning.until('behind the fence', ({ rotation }) => rotation?.phase === 'fencing-standby')
  await blocked('EVIDENCE_PENDING')
  await turning.until('marked', status =>
    /counts in/.test(blockerOf(status, 'EVIDENCE_PENDING')?.sentence ?? ''),
  )
  clock.advance(1_000)
  for (let days = 1; days <= 3; days += 1) {
    t.comment(`day ${days}: it runs once, and Azure sees it`)
    await stray.getDatabaseAccount()
    // On the first day the lag passes once it has run: whoever looked before would have seen nobody.
    clock.advance(days === 1 ? 20 * minute : 1_000)
    const left = (status: Status) => blockerOf(status, 'RECENTLY_USED')?.passesInMs ?? 0
    const seen = await turning.until('seen', status => left(status) > 11 * hour)
    t.ok(left(seen) <= 12 * hour)
    const { sentence } = blockerOf(seen, 'RECENTLY_USED') ?? {}
    t.match(sentence, /used .+ ago, when every member had let go of it: find the stray/)
    clock.advance(11 * hour)
    await turning.until('nearly over', now => left(now) > 0 && left(now) < 2 * hour)
  }
  t.same(turning.calls('POST', '/regeneratekey'), [], 'nothing was sent in all that time')
  clock.advance(2 * hour)
  await turning.completed()
  t.equal(turning.calls('POST', '/regeneratekey').length, 1, 'it stopped, and only then')
  t.same((await turning.status()).rotation?.waivers, [])
  clock.advance(hour)
  await t.rejects(stray.getDatabaseAccount(), { code: 401 })
})

t.test('Azure’s own refusal for 12 hours is told with the time when it passes', async t => {
  const clock = new VirtualClock()
  const turning = await Turning.open(t, {
    azure: azureAt(clock),
    policy: { evidence: { is: 'azure', pollMs: 50, lagMs: 1_000 } },
    members: ['one'],
  })
  const { azure } = turning
  azure.account.flags.capabilities = ['EnableKeyCheckBeforeRegenerationPreview']
  const stray = openStray(azure, azure.account.shown('secondary').key.value)
  await stray.getDatabaseAccount()
  stray.dispose()
  clock.advance(hour)
  await turning.verb({ verb: 'rotate', slot: 'secondary', reason: 'the test' })
  await turning.until('marked', status =>
    /counts in/.test(blockerOf(status, 'EVIDENCE_PENDING')?.sentence ?? ''),
  )
  clock.advance(minute)
  const refused = await turning.until(
    'refused',
    status => blockerOf(status, 'AZURE_REFUSED') !== null,
  )
  const { passesInMs = 0 } = blockerOf(refused, 'AZURE_REFUSED') ?? {}
  t.ok(passesInMs > 10.9 * hour && passesInMs < 11 * hour, `it passes in ${passesInMs} ms`)
  const posts = () => turning.calls('POST', '/regeneratekey').map(({ status }) => status)
  t.equal(posts().length, 1)
  clock.advance(10 * hour)
  await turning.until('nearly over', status => {
    const left = blockerOf(status, 'AZURE_REFUSED')?.passesInMs
    return left !== undefined && left < hour
  })
  t.equal(posts().length, 1, 'and is not asked again before')
  while (posts().length < 2) {
    clock.advance(10 * minute)
    await sleep(200)
  }
  await turning.completed()
  t.equal(posts().at(-1), 202)
})

const blockerOf = ({ blockers }: Status, code: string) =>
  blockers.find(blocker => blocker.code === code) ?? null
