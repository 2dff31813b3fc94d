import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AzureSim } from '@keyturn/azure-sim'
import { Coordinator } from '@keyturn/coordinator'
import { accountStatusSchema, historyEntrySchema } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import { FakeHost, keyturn, type Told } from './support/host.ts'
import { trust } from './support/trust.ts'

/** A real coordinator over an embedded Azure; nobody has joined, which is somebody's word. */
const start = async (t: Test) => {
  const azure = await AzureSim.start({ seed: 5, regeneration: { durationMs: 20, spreadMs: 0 } })
  t.teardown(() => azure.stop())
  trust(t, azure.ca)
  const folder = t.testdir({})
  const word = { is: 'none', acceptedBy: 'the test', reason: 'nobody has a key' } as const
  const coordinator = await new Coordinator({
    credential: azure.credential,
    config: {
      dataDirectory: folder,
      listen: { port: 0 },
      turnMs: 10,
      accounts: ['orders', 'archive'].map(name => ({
        name,
        account: name === 'orders' ? azure.accountId : `${azure.accountId}-archive`,
        endpoint: azure.endpoint,
        armEndpoint: azure.armEndpoint,
        vault: { url: azure.vaultUrl, secret: name },
        policy: {
          fleet: word,
          evidence: word,
          limits: {
            fleetSettleMs: 0,
            armPollMs: 10,
            probesMin: 2,
            probeSpanMs: 10,
            probeEveryMs: 5,
            bakeMs: 1_000_000_000,
            quietMs: 0,
          },
        },
      })),
    },
  }).start()
  t.teardown(() => coordinator.stop())
  const env = {
    KEYTURN_COORDINATOR: coordinator.url,
    KEYTURN_TOKEN_FILE: join(folder, 'operator.token'),
    KEYTURN_ACCOUNT: 'orders',
  }
  const ask = (...argv: string[]): Promise<Told> => keyturn(argv, env)
  const until = async (words: string): Promise<string> => {
    for (;;) {
      const { out } = await ask('status')
      if (out.includes(words)) return out
    }
  }
  return { azure, env, ask, until, folder }
}

t.test('operators turn an account by commands', async t => {
  const { azure, ask, until, env, folder } = await start(t)
  const keys = ['primary', 'secondary'].map(
    kind => azure.account.shown(kind as 'primary').key.value,
  )

  t.comment('before it is adopted')
  t.match(await ask('status'), { code: 0, out: 'orders: not adopted yet; keyturn init does it.\n' })
  t.match(await ask('rotate', '--reason', 'due'), {
    code: 1,
    err: /^keyturn: NOT_ADOPTED: .+\.\n$/,
  })

  t.comment('init')
  const adopted = await ask('init', '--json')
  t.equal(adopted.code, 0)
  t.equal(accountStatusSchema.parse(JSON.parse(adopted.out)).published?.version, 1)
  const status = await until('version 1, primary signs')
  t.match(status, /^primary {4}[0-9a-f]{16} {2}active +– +0 +never$/m)
  t.match(status, /^secondary {2}[0-9a-f]{16} {2}standby /m)
  t.match(await ask('init'), { code: 1, err: /^keyturn: ALREADY_ADOPTED: / })
  t.match(await ask('pause', '--reason', 'lunch'), { code: 1, err: /^keyturn: NO_ROTATION: / })

  t.comment('rotate, pause, resume, abort')
  t.match(await ask('rotate', '--reason', 'quarterly'), {
    code: 0,
    out: /^rotation [0-9a-f-]{36}: /m,
  })
  t.match(await ask('rotate', '--reason', 'again'), {
    code: 1,
    err: /^keyturn: ROTATION_RUNNING: /,
  })
  await until('baking (running)')
  t.match(await until('waits: BAKING'), /version 4, secondary signs/)
  t.equal((await ask('pause', '--reason', 'a release')).code, 0)
  t.match(await until('waits: PAUSED'), /Paused by operator \(a release\)/)
  t.equal((await ask('resume', '--reason', 'it is out')).code, 0)
  t.match(await ask('resume', '--reason', 'again'), { code: 1, err: /^keyturn: NOT_PAUSED: / })
  t.equal((await ask('abort', '--reason', 'enough')).code, 0)
  t.match(await until(': reverted\n'), /version 5, primary signs/)
  t.match(await ask('evict', 'one', '--reason', 'dead'), {
    code: 1,
    err: /^keyturn: UNKNOWN_MEMBER: /,
  })

  t.comment('history')
  const lines = (await ask('history', '--json')).out.trimEnd().split('\n')
  const entries = lines.map(line => historyEntrySchema.parse(JSON.parse(line)))
  t.same(
    entries.map(({ revision }) => revision),
    entries.map((_, index) => index + 1),
  )
  const types = entries.map(({ event }) => event.type)
  for (const type of ['adopted', 'rotation-started', 'paused', 'resumed', 'aborted']) {
    t.ok(types.includes(type), type)
  }
  const { out } = await ask('history')
  t.equal(out.trimEnd().split('\n').length, entries.length, 'one line for each')
  t.match(
    out,
    /^\S+Z {2}operator started rotation [0-9a-f-]{36} of both keys \(quarterly\): primary signs \(/m,
  )
  t.match(out, /^\S+Z {2}Attempt 1 to regenerate the secondary key [0-9a-f]{16} may be sent /m)
  t.match(
    out,
    /^\S+Z {2}operator paused the rotation \(a release\)\. \[127\.0\.0\.1, token operator\]$/m,
  )
  t.notMatch(out, /[{}]/, 'every event that this coordinator writes has a sentence')

  const denied = await ask('history', '--denied')
  t.match(
    denied.out,
    /^\S+Z {2}NO_ROTATION: pause of orders was denied \[operator, 127\.0\.0\.1, token operator\]$/m,
  )

  t.comment('whom they ask, and as whom')
  const all = { ...env, KEYTURN_ACCOUNT: undefined }
  t.match(await keyturn(['status'], all), { code: 2, err: /orders, archive/ })
  t.match(await keyturn(['status', '--account', 'none'], env), {
    ...{ code: 2, err: /no account none: there are orders, archive\./ },
  })
  const member = { ...env, KEYTURN_TOKEN_FILE: join(folder, 'member.token') }
  t.match(await keyturn(['status'], member), { code: 1, err: /^keyturn: ROLE_MISSING: / })
  const shown = [status, out, lines.join('\n')].join('\n')
  for (const key of [...keys, readFileSync(join(folder, 'operator.token'), 'utf8').trim()]) {
    t.notOk(shown.includes(key), 'nothing secret is shown')
  }
})

t.test('a command that goes on ends when it is asked to', async t => {
  const host = new FakeHost(['azure-sim', '--seed', '11', '--json'])
  const { run } = await import('../src/run.ts')
  const running = run(host)
  await host.says('\n')
  const described = JSON.parse(host.out)
  t.equal(described.seed, 11)
  t.match(described.endpoint, /^https:/)
  host.end()
  t.equal(await running, 0)
  t.equal(host.err, '')
})
