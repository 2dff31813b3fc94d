import { accountStatusSchema } from '@keyturn/protocol'
import { FakeMember } from '@keyturn/testkit'
import t from 'tap'
import { openVault } from '../src/azure/vault.ts'
import type { Coordinator } from '../src/index.ts'
import { ask, configFor, report, startAzure, startCoordinator, until } from './support.ts'

t.setTimeout(600_000)

// Run by itself, on a machine that does nothing else, it measures:
// node --conditions=keyturn-source packages/coordinator/test/emergency.test.ts
const azuresOwnMs = 1_000
const names = Array.from({ length: 50 }, (_, index) => `member-${index}`)

t.test(
  'a leaked primary is gone as fast as 50 members can, and no deadline had to pass',
  async t => {
    const azure = await startAzure(t, { regeneration: { durationMs: azuresOwnMs, spreadMs: 0 } })
    const config = configFor(t, azure, names)
    // As it runs by default, but for the time that everybody gets to join at the start, and for
    // the deadline: where only that would end a phase, this does not end.
    const limits = { fleetSettleMs: 0 }
    const emergency = { deadlineMs: 1_000_000_000 }
    const accounts = config.accounts.map(account => ({
      ...account,
      policy: { ...account.policy, limits, emergency },
    }))
    const coordinator = await startCoordinator(t, azure, { ...config, turnMs: 1_000, accounts })
    const { accountId: account, vaultUrl: url, credential } = azure
    const vault = openVault({ account, url, secretName: 'keyset', credential })
    const ended = new AbortController()
    const members = names.map(name => live(coordinator, name, account, vault, ended.signal))
    t.teardown(async () => {
      ended.abort()
      // Whose report is held is answered by that.
      await coordinator.stop()
      await Promise.allSettled(members)
    })
    const say = (body: object) => ask(coordinator, 'POST', '/v1/accounts/orders/verbs', body)
    const status = async () => (await ask(coordinator, 'GET', '/v1/accounts/orders')).body
    await say({ verb: 'adopt' })
    await until(async () => {
      const { members: rows } = (await status()) as { members: { acknowledged: unknown }[] }
      return rows.filter(({ acknowledged }) => acknowledged !== null).length === names.length
    })
    const versions = async () => (await vault.read()).latest?.version ?? 0
    const versionBefore = await versions()
    const before = azure.account.shown('primary').key.value
    const since = performance.now()
    const leaked = { verb: 'rotate', slot: 'primary', emergency: true, reason: 'in a public log' }
    t.equal((await say(leaked)).status, 200)
    await until(async () => {
      const { rotation } = (await status()) as { rotation: { phase: string } }
      return rotation.phase === 'completed'
    })
    // Told, not held: how fast this machine is, is no property of ours. Ten seconds are asked for.
    const beyondMs = performance.now() - since - azuresOwnMs
    t.comment(`${Math.round(beyondMs)} ms beyond Azure's own`)
    t.not(azure.account.shown('primary').key.value, before)
    t.equal((await versions()) - versionBefore, 3, 'switched, fenced, published: no version more')
    const { arm } = azure.witness.testimony()
    const posts = arm.filter(({ verb, path }) => verb === 'POST' && /regenerateKey/.test(path))
    t.equal(posts.filter(({ status }) => status === 202).length, 1)
    const { rotation } = accountStatusSchema.parse(await status())
    for (const { name, ms } of rotation?.phases ?? []) t.comment(`${name}: ${ms} ms`)
    t.same(
      rotation?.waivers?.map(({ code }) => code),
      ['RECENTLY_USED', 'AZURE_REFUSED'],
      'declared, and none by a deadline',
    )
  },
)

/** Follows what is announced and reports it, until all is over. */
const live = async (
  coordinator: Coordinator,
  name: string,
  account: string,
  vault: ReturnType<typeof openVault>,
  ended: AbortSignal,
): Promise<void> => {
  const member = new FakeMember(name)
  let knownVersion = 0
  while (!ended.aborted) {
    const said = member.report(0)
    const answer = await report(coordinator, name, {
      ...said,
      source: { kind: 'keyVault', stalenessMsMax: 0, ageMs: 0 },
      account,
      pair: 'readWrite',
      holdMs: 15_000,
      knownVersion,
    }).catch(() => null)
    if (!answer?.announced) continue
    knownVersion = answer.announced.version
    const { latest } = await vault.read()
    if (latest) member.hear(latest)
  }
}
