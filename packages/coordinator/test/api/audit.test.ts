import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Denial } from '@keyturn/protocol'
import { denialsSchema, historyEntrySchema } from '@keyturn/protocol'
import { Issuer } from '@keyturn/testkit/identity'
import express from 'express'
import t from 'tap'
import { z } from 'zod'
import { Denials } from '../../src/api/denials.ts'
import { problems, Refusal } from '../../src/api/problem.ts'
import { SqliteStore } from '../../src/store/sqlite.ts'
import { ask, configFor, startAzure, startCoordinator } from '../support.ts'

t.test(
  'whatever was asked for has its asker in the journal, and what was denied has too',
  async t => {
    const issuer = await Issuer.start()
    t.teardown(() => issuer.stop())
    const azure = await startAzure(t)
    const people = {
      name: 'email',
      roles: { ops: ['operator' as const], see: ['viewer' as const] },
    }
    const access = { issuers: [{ issuer: issuer.url, audience: 'keyturn', people }] }
    const coordinator = await startCoordinator(t, azure, { ...configFor(t, azure), access })
    const ada = await issuer.token({ sub: 'u-1', email: 'ada@example.com', roles: ['ops'] })
    const eve = await issuer.token({ sub: 'u-2', email: 'eve@example.com', roles: ['see'] })
    const path = '/v1/accounts/orders/verbs'
    const adopt = { verb: 'adopt' }
    t.equal((await ask(coordinator, 'POST', path, adopt, eve)).status, 403)
    t.equal((await ask(coordinator, 'POST', path, adopt, ada)).status, 200)
    t.equal((await ask(coordinator, 'POST', path, adopt, ada)).status, 409)
    t.equal((await ask(coordinator, 'POST', path, { verb: 'nonsense' }, ada)).status, 400)
    t.equal((await ask(coordinator, 'GET', '/v1/accounts', undefined, 'no-token')).status, 401)

    const history = await ask(coordinator, 'GET', '/v1/accounts/orders/history', undefined, ada)
    const [adopted, ...others] = z.array(historyEntrySchema).parse(history.body)
    t.match(adopted?.event, {
      type: 'adopted',
      by: 'ada@example.com',
      asked: {
        by: 'jwt',
        issuer: issuer.url,
        subject: 'u-1',
        roles: ['operator'],
        address: '127.0.0.1',
      },
    })
    t.ok(
      others.every(({ event }) => event.asked === undefined),
      'what follows was decided',
    )

    t.equal((await ask(coordinator, 'GET', '/v1/denials', undefined, eve)).status, 403)
    const answer = await ask(coordinator, 'GET', '/v1/denials', undefined, ada)
    const { denials } = denialsSchema.parse(answer.body)
    t.match(denials, [
      { code: 'ROLE_MISSING', operation: 'listDenials', name: 'eve@example.com' },
      { code: 'TOKEN_REFUSED', operation: 'listAccounts', name: null, asked: null },
      { code: 'ALREADY_ADOPTED', about: 'orders', verb: 'adopt', asked: { subject: 'u-1' } },
      { code: 'ROLE_MISSING', about: 'orders', verb: null, asked: { subject: 'u-2' } },
    ])
    t.equal(denials.length, 4, 'what was merely mistyped is none')
    const text = JSON.stringify([denials, adopted])
    for (const token of [ada, eve, 'no-token']) t.notOk(text.includes(token))
  },
)

t.test('a denial that cannot be written is answered all the same, and shows no stack', async t => {
  const failed: unknown[] = []
  const full = new Error('database or disk is full')
  const refusal = new Refusal('TOKEN_MISSING', 'Present a bearer token.')
  const app = express()
  app.use(() => {
    throw refusal
  })
  app.use(
    problems(
      () => {
        throw full
      },
      error => failed.push(error),
    ),
  )
  const server = app.listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  t.equal(answer.status, 401)
  t.match(await answer.json(), { code: 'TOKEN_MISSING' })
  t.same(failed, [full], 'the log has it')
})

t.test('what is denied is bounded: in a minute, and in all', async t => {
  const store = new SqliteStore(':memory:', () => 0)
  t.teardown(() => store.close())
  let now = 0
  const denials = new Denials(store, { now: () => now, sleep: async () => undefined })
  const attempt = (operation: string): Omit<Denial, 'wallTime' | 'more'> => ({
    ...{ code: 'TOKEN_REFUSED', operation, about: null, verb: null, name: null, asked: null },
    address: '127.0.0.1',
  })
  for (let each = 0; each < 1_000; each += 1) denials.record(attempt('first'))
  t.equal(store.denials(1_000).length, 60)
  const asked = { by: 'jwt', issuer: 'i', subject: 'u', roles: [], address: '127.0.0.1' } as const
  denials.record({ ...attempt('known'), name: 'eve', asked })
  t.match(store.denials(1)[0], { operation: 'known', more: 0 }, 'noise hides nobody who is known')
  now = 60_000
  denials.record(attempt('next'))
  t.match(store.denials(1)[0], { operation: 'next', more: 940 })
  for (let each = 0; each < 10_050; each += 1) {
    store.deny({ ...attempt(`${each}`), wallTime: new Date(0).toISOString(), more: 0 })
  }
  const strangers = () => store.denials(100_000).filter(each => each.asked === null).length
  t.ok(strangers() >= 10_000 && strangers() < 10_100, `${strangers()} strangers are kept`)
  t.match(
    store.denials(1).map(({ operation }) => operation),
    ['10049', 'known'],
    'and pushes nobody out who is known',
  )
  for (let each = 0; each < 10_150; each += 1) {
    store.deny({ ...attempt(`k${each}`), asked, wallTime: new Date(0).toISOString(), more: 0 })
  }
  const known = store.denials(100_000).length - strangers()
  t.ok(known >= 10_000 && known < 10_100, `${known} of the known are kept`)
  t.match(
    store.denials(1).map(({ operation }) => operation),
    ['k10149', '10049'],
  )
})
