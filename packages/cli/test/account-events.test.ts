import { AzureSim } from '@keyturn/azure-sim'
import { Coordinator, type CoordinatorConfigInput } from '@keyturn/coordinator'
import t from 'tap'
import type { Followed } from '../src/account-events.ts'
import { OperatorClient } from '../src/operator-client.ts'
import { trust } from './support/trust.ts'

t.test('events are followed through a restart of the coordinator', async t => {
  const azure = await AzureSim.start({ seed: 3 })
  t.teardown(() => azure.stop())
  trust(t, azure.ca)
  const folder = t.testdir({})
  const word = { is: 'none', acceptedBy: 'the test', reason: 'nobody has a key' } as const
  const start = (port: number) => {
    const config: CoordinatorConfigInput = {
      dataDirectory: folder,
      listen: { port },
      turnMs: 10,
      accounts: [
        {
          name: 'orders',
          account: azure.accountId,
          endpoint: azure.endpoint,
          armEndpoint: azure.armEndpoint,
          vault: { url: azure.vaultUrl, secret: 'keyset' },
          policy: {
            fleet: word,
            evidence: word,
            limits: { fleetSettleMs: 0, armPollMs: 10, bakeMs: 1_000_000_000 },
          },
        },
      ],
    }
    return new Coordinator({ config, credential: azure.credential }).start()
  }
  const first = await start(0)
  const { url } = first
  const operators = new OperatorClient({
    coordinator: url,
    tokenFile: `${folder}/operator.token`,
  })
  const over = new AbortController()
  t.teardown(() => over.abort())
  const events = operators.follow(over.signal)
  const told: Followed[] = []
  const seen = async (which: (event: Followed) => boolean): Promise<void> => {
    for (;;) {
      const { value, done } = await events.next()
      if (done) throw new Error('the events ended')
      told.push(value)
      if (which(value)) return
    }
  }
  const entry = (type: string) => (event: Followed) =>
    event.is === 'journal' && event.data.event.type === type

  await seen(({ is }) => is === 'status')
  await operators.verb({ verb: 'adopt' })
  await seen(entry('published'))
  await first.stop()
  await seen(({ is }) => is === 'away')
  const second = await start(Number(new URL(url).port))
  t.teardown(() => second.stop())
  await operators.verb({ verb: 'rotate', reason: 'after the restart' })
  await seen(entry('rotation-started'))
  const revisions = told.flatMap(event => (event.is === 'journal' ? [event.data.revision] : []))
  t.same(
    revisions,
    revisions.map((_, index) => index + 1),
    'each entry of the journal once',
  )
  t.same((await operators.rotations()).length, 1)
  t.same((await operators.fleet()).members, [])
  over.abort()
  for await (const _ of events);
  t.pass('and it ends when it is asked to')

  const refused = new OperatorClient({ coordinator: url, tokenFile: `${folder}/member.token` })
  await t.rejects(refused.follow(new AbortController().signal).next(), { code: 'ROLE_MISSING' })
})
