import { join } from 'node:path'
import { AzureSim } from '@keyturn/azure-sim'
import { Coordinator } from '@keyturn/coordinator'
import { accountStatusSchema, dryRunSchema, retireCheckSchema } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import { keyturn, type Told } from './support/host.ts'
import { trust } from './support/trust.ts'

/** Both pairs of one account, nobody in the fleet, and a policy that asks for words. */
const start = async (t: Test, change: object = {}) => {
  const regeneration = { durationMs: 20, spreadMs: 0 }
  const azure = await AzureSim.start({ seed: 5, regeneration, lastUsageLagMs: 0 })
  t.teardown(() => azure.stop())
  trust(t, azure.ca)
  const folder = t.testdir({})
  const fleet = { is: 'none', acceptedBy: 'the test', reason: 'nobody has a key' } as const
  const limits = {
    ...{ fleetSettleMs: 0, armPollMs: 10, probesMin: 1, probeSpanMs: 0, probeEveryMs: 5 },
    ...{ bakeMs: 0, quietMs: 0 },
  }
  const policy = {
    fleet,
    limits,
    evidence: { is: 'azure', lagMs: 1_000, strayQuietMs: 0, pollMs: 10 } as const,
    approval: { before: ['fencing-standby' as const], by: ['ada'] },
    consumers: [{ name: 'monthly', by: 'operator' as const }],
    retire: { quietMs: 1_000_000_000 },
    ...change,
  }
  const coordinator = await new Coordinator({
    credential: azure.credential,
    config: {
      dataDirectory: folder,
      listen: { port: 0 },
      turnMs: 10,
      accounts: (['readWrite', 'readOnly'] as const).map(pair => ({
        name: pair === 'readOnly' ? 'orders-read' : 'orders',
        pair,
        account: azure.accountId,
        endpoint: azure.endpoint,
        armEndpoint: azure.armEndpoint,
        vault: { url: azure.vaultUrl, secret: pair },
        policy: pair === 'readOnly' ? { fleet, limits, evidence: fleet } : policy,
      })),
    },
  }).start()
  t.teardown(() => coordinator.stop())
  const env = {
    KEYTURN_COORDINATOR: coordinator.url,
    KEYTURN_TOKEN_FILE: join(folder, 'operator.token'),
  }
  const ask = (...argv: string[]): Promise<Told> => keyturn(argv, env)
  const approve = (...argv: string[]): Promise<Told> =>
    keyturn(['approve', '--token-file', join(folder, 'approver.token'), ...argv], env)
  const until = async (words: string, ...which: string[]): Promise<string> => {
    for (;;) {
      const { out } = await ask('status', ...which)
      if (out.includes(words)) return out
    }
  }
  for (const which of [[], ['--account', 'orders-read']]) {
    t.equal((await ask('init', ...which)).code, 0)
    await until('primary signs', ...which)
  }
  return { azure, ask, approve, until }
}

t.test('operators plan, approve, acknowledge, waive, and turn what they name', async t => {
  const { azure, ask, approve, until } = await start(t)

  t.comment('plan')
  const plan = await ask('plan')
  t.equal(plan.code, 0)
  t.match(plan.out, /^would regenerate: secondary, then primary; nothing was changed$/m)
  t.match(plan.out, /^ {2}fencing-standby .*\(waits for an approval\)$/m)
  t.match(plan.out, /^ {2}blocked now: APPROVAL_MISSING: /m)
  t.match(plan.out, /^ {2}asks: .*SAS tokens/m)
  const one = await ask('plan', '--emergency', 'primary', '--json')
  t.same(dryRunSchema.parse(JSON.parse(one.out)).turns, ['primary'])
  t.match(await ask('plan', '--slot', 'third'), { code: 2, err: /third/ })
  t.match(await ask('plan', '--slot', 'primary', '--emergency', 'secondary'), { code: 2 })

  t.comment('one slot, with somebody else’s word, and a consumer’s')
  t.equal((await ask('rotate', '--slot', 'secondary', '--reason', 'due', '--as', 'ada')).code, 0)
  await until('waits: APPROVAL_MISSING')
  t.match(await ask('approve', '--as', 'ada'), { code: 1, err: /ROLE_MISSING/ })
  t.match(await approve('--as', 'ada'), { code: 1, err: /NOT_AN_APPROVER: ada has started/ })
  t.match(await approve('--phase', 'nap'), { code: 2, err: /phase/ })
  t.equal((await ask('abort', '--reason', 'the wrong person began')).code, 0)
  t.equal((await ask('rotate', '--slot', 'secondary', '--reason', 'due')).code, 0)
  t.equal((await approve('--as', 'ada', '--phase', 'fencing-standby')).code, 0)
  await until('waits: CONSUMER_PENDING')
  t.match(await ask('waive', 'NONSENSE', '--reason', 'no'), { code: 2, err: /code/ })
  t.match(await ask('waive', 'PROBE_FAILING', '--reason', 'no'), { code: 1, err: /NOT_WAIVABLE/ })
  const waived = await ask('waive', 'CONSUMER_PENDING', '--consumer', 'monthly', '--reason', 'off')
  t.match(waived.out, /^ {2}waived: CONSUMER_PENDING of monthly by operator \(off\)$/m)
  await until(': completed\n')
  const { out } = await ask('plan', '--slot', 'secondary')
  t.match(out, /median of earlier rotations/)

  t.comment('an emergency')
  const before = azure.account.shown('primary').key.value
  t.match(await ask('rotate', '--emergency', 'primary', '--reason', 'leaked'), {
    code: 0,
    out: /^ {2}emergency: the primary key has leaked$/m,
  })
  t.equal((await ask('acknowledge', 'monthly', '--reason', 'moved')).code, 0)
  await until(': completed\n')
  t.not(azure.account.shown('primary').key.value, before)

  t.comment('the read-only pair')
  const read = azure.account.shown('secondaryReadonly').key.value
  t.equal((await ask('rotate', '--read-only', '--reason', 'due')).code, 0)
  await until(': completed\n', '--account', 'orders-read')
  t.not(azure.account.shown('secondaryReadonly').key.value, read)
  t.match(await ask('rotate', '--read-only', '--account', 'x', '--reason', 'y'), { code: 2 })
})

t.test('retiring says what stands against it, and asks twice', async t => {
  const { ask } = await start(t)
  const check = await ask('retire', '--check')
  t.equal(check.code, 1)
  t.match(check.out, /^stands against it: CONSUMER_PENDING: /m)
  t.match(check.err, /^keyturn: KEY_IN_USE: Keys of the account may still be in use\.\n$/)
  const asJson = await ask('retire', '--check', '--json')
  t.match(asJson, { code: 1, err: /^keyturn: KEY_IN_USE: / })
  const { blockers } = retireCheckSchema.parse(JSON.parse(asJson.out))
  t.ok(blockers.some(({ code }) => code === 'CONSUMER_PENDING'))
  t.match(await ask('retire'), { code: 2, err: /--reason/ })
  t.match(await ask('retire', '--reason', 'Entra', '--confirm', 'other'), {
    code: 2,
    err: /orders/,
  })
  t.match(await ask('retire', '--reason', 'Entra'), { code: 1, err: /CONSUMER_PENDING/ })
  const read = ['--account', 'orders-read']
  t.match(await ask('retire', '--reason', 'Entra', ...read), {
    code: 1,
    err: /EVIDENCE_PENDING: Only Azure's evidence/,
  })
})

t.test('retiring ends key authentication at the second word', async t => {
  const { azure, ask, until } = await start(t, { consumers: [], retire: { quietMs: 500 } })
  const isClear = async (): Promise<boolean> => (await ask('retire', '--check')).code === 0
  while (!(await isClear())) t.comment('somebody used a key a moment ago')
  t.match((await ask('retire', '--check')).out, /^Nothing stands against it: /)
  t.same(JSON.parse((await ask('retire', '--check', '--json')).out), { blockers: [] })
  const word = ['retire', '--reason', 'Entra']
  t.match(await ask(...word), { code: 0, out: /nothing was changed.* --confirm orders\.$/m })
  t.equal(azure.account.flags.disableLocalAuth, false)
  const confirmed = await ask(...word, '--confirm', 'orders', '--json')
  t.match(confirmed, { code: 0, err: '' })
  t.match(accountStatusSchema.parse(JSON.parse(confirmed.out)), { name: 'orders' })
  await until('key authentication: ended')
  t.equal(azure.account.flags.disableLocalAuth, true)
})
