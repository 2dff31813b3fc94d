import type { Publication } from '@keyturn/core'
import { FakeMember } from '@keyturn/testkit'
import t from 'tap'
import { openArm } from '../src/azure/arm.ts'
import { openVault } from '../src/azure/vault.ts'
import { Coordinator } from '../src/index.ts'
import { ask, configFor, report, reportOf, startAzure, startCoordinator, until } from './support.ts'

/** A member that reports over HTTP and follows the vault, until the rotation has ended. */
const follow = async (
  coordinator: Coordinator,
  read: () => Promise<Publication | null>,
  account: string,
  until: () => Promise<boolean>,
): Promise<void> => {
  const member = new FakeMember('one')
  let knownVersion = 0
  while (!(await until())) {
    const publication = await read()
    if (publication) member.hear(publication)
    const said = member.report(0)
    const answer = await report(coordinator, 'one', {
      ...said,
      usage: said.usage,
      source: { kind: 'keyVault', stalenessMsMax: 0, ageMs: 0 },
      refused: [],
      account,
      pair: 'readWrite',
      holdMs: 50,
      knownVersion,
    })
    knownVersion = Math.max(knownVersion, answer.announced?.version ?? 0)
  }
}

t.test('a rotation over HTTP, against Microsoft’s own clients and protocols', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure, ['one']))
  const { accountId: account, vaultUrl: url, credential } = azure
  const vault = openVault({ account, url, secretName: 'keyset', credential })
  const verb = (body: unknown) => ask(coordinator, 'POST', '/v1/accounts/orders/verbs', body)
  t.match(await verb({ verb: 'rotate', reason: 'too early' }), {
    status: 409,
    body: { code: 'NOT_ADOPTED' },
  })
  t.equal((await verb({ verb: 'adopt' })).status, 200)
  t.equal((await verb({ verb: 'rotate', reason: 'test' })).status, 200)
  const before = azure.account.keysKnown().map(({ value }) => value)
  const status = async () => (await ask(coordinator, 'GET', '/v1/accounts/orders')).body
  await follow(
    coordinator,
    async () => (await vault.read()).latest,
    account,
    async () =>
      (await status())['rotation'] !== null &&
      /completed/.test(JSON.stringify((await status())['rotation'])),
  )
  const regenerated = azure.witness
    .testimony()
    .arm.filter(({ verb: method, path }) => method === 'POST' && path.includes('regenerateKey'))
  t.equal(regenerated.length, 2)
  const history = await ask(coordinator, 'GET', '/v1/accounts/orders/history')
  const text = JSON.stringify([history.body, await status()])
  for (const key of [...before, ...azure.account.keysKnown().map(({ value }) => value)]) {
    t.notOk(text.includes(key), 'no key in what operators see')
  }
})

t.test('a report is answered when something is announced, else at the end of its hold', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure, ['one']))
  const said = reportOf(azure, 'one', { holdMs: 20 })
  t.same(await report(coordinator, 'one', said), { floor: 0, announced: null })
  const held = report(coordinator, 'one', { ...said, sequence: 2, holdMs: 60_000 })
  await ask(coordinator, 'POST', '/v1/accounts/orders/verbs', { verb: 'adopt' })
  t.same(await held, { floor: 1, announced: { version: 1, spreadMs: 0 } })
  t.same(
    await report(coordinator, 'one', { ...said, sequence: 2 }),
    { floor: 1, announced: { version: 1, spreadMs: 0 } },
    'a repeated report is answered as well',
  )
})

t.test('members that have left spread no announcement', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure, ['one']))
  const clients = { attached: 0, lost: [] }
  for (let index = 0; index < 60; index += 1) {
    const name = `before-${index}`
    await report(coordinator, name, reportOf(azure, name, { goodbye: true, clients }))
  }
  const held = report(coordinator, 'one', reportOf(azure, 'one', { holdMs: 60_000 }))
  await ask(coordinator, 'POST', '/v1/accounts/orders/verbs', { verb: 'adopt' })
  t.same(await held, { floor: 1, announced: { version: 1, spreadMs: 0 } })
})

t.test('no report is held for so long that its member looks stale', async t => {
  const azure = await startAzure(t)
  const config = configFor(t, azure, ['one'])
  for (const account of config.accounts)
    Object.assign(account.policy.limits ?? {}, { reportAgeMsMax: 300 })
  const coordinator = await startCoordinator(t, azure, config)
  const said = reportOf(azure, 'one', { holdMs: 60_000 })
  t.same(await report(coordinator, 'one', said), { floor: 0, announced: null })
  const { token, path } = { token: coordinator.tokens.member, path: '/v1/members/one/reports' }
  const other = { ...said, sequence: 9, pair: 'readOnly' }
  t.match(await ask(coordinator, 'POST', path, other, token), {
    status: 404,
    body: { code: 'UNKNOWN_ACCOUNT' },
  })
})

t.test('one account twice, or a time that stands still, is no configuration', async t => {
  const azure = await startAzure(t)
  const config = configFor(t, azure)
  const { credential } = azure
  const twice = config.accounts.flatMap(one => [
    one,
    {
      ...one,
      name: 'again',
      account: one.account.toUpperCase(),
    },
  ])
  t.throws(() => new Coordinator({ config: { ...config, accounts: twice }, credential }), {
    message: /twice/,
  })
  const [one] = config.accounts
  const stopped = one && { ...one, policy: { ...one.policy, limits: { turnMsMax: 0 } } }
  t.throws(
    () =>
      new Coordinator({ config: { ...config, accounts: stopped ? [stopped] : [] }, credential }),
    { message: /stand still/ },
  )
})

t.test('bad input is answered with a code and a sentence', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure))
  const get = (path: string, token?: string) => ask(coordinator, 'GET', path, undefined, token)
  t.match(await get('/v1/accounts', 'wrong'), { status: 401, body: { code: 'TOKEN_REFUSED' } })
  t.match(await get('/v1/accounts', coordinator.tokens.member), {
    status: 403,
    body: { code: 'ROLE_MISSING' },
  })
  t.match(await get('/v1/accounts/nobody'), { status: 404, body: { code: 'UNKNOWN_ACCOUNT' } })
  t.match(await get('/v2'), { status: 404, body: { code: 'NOT_FOUND' } })
  const verb = (body: unknown) => ask(coordinator, 'POST', '/v1/accounts/orders/verbs', body)
  t.match(await verb({ verb: 'explode' }), { status: 400, body: { code: 'BAD_REQUEST' } })
  t.match(await verb({ verb: 'rotate' }), { status: 400 })
  const broken = await fetch(`${coordinator.url}/v1/accounts/orders/verbs`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${coordinator.tokens.operator}`,
      'content-type': 'application/json',
    },
    body: '{',
  })
  t.equal(broken.status, 400)
  const bare = await fetch(`${coordinator.url}/v1/accounts`)
  t.match(await bare.json(), { code: 'TOKEN_MISSING' })
})

t.test('one that cannot listen does not depose the one at work', async t => {
  const azure = await startAzure(t)
  const config = configFor(t, azure)
  const coordinator = await startCoordinator(t, azure, config)
  const port = Number(new URL(coordinator.url).port)
  const second = new Coordinator({
    config: { ...config, listen: { port } },
    credential: azure.credential,
  })
  await t.rejects(second.start(), { code: 'EADDRINUSE' })
  const adopted = await ask(coordinator, 'POST', '/v1/accounts/orders/verbs', { verb: 'adopt' })
  t.equal(adopted.status, 200)
})

t.test('one that was deposed says so, and tells members what the leader recorded', async t => {
  const azure = await startAzure(t)
  const config = configFor(t, azure, ['one'])
  const first = await startCoordinator(t, azure, config)
  const second = await startCoordinator(t, azure, config)
  const adopt = (coordinator: Coordinator) =>
    ask(coordinator, 'POST', '/v1/accounts/orders/verbs', { verb: 'adopt' })
  t.match(await adopt(first), { status: 409, body: { code: 'JOURNAL_CONFLICT' } })
  t.equal((await adopt(second)).status, 200)
  const said = reportOf(azure, 'one', { holdMs: 60_000 })
  const path = '/v1/accounts/orders/verbs'
  t.match(await report(first, 'one', said), { floor: 1, announced: { version: 1 } })
  const pause = { verb: 'rotate', reason: 'the wrong one' }
  t.match(await ask(first, 'POST', path, pause), { status: 409 })
})

t.test('a vault that cannot be written starves no new pod', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure, ['one']))
  const shows = async (words: RegExp) => {
    const { body } = await ask(coordinator, 'GET', '/v1/accounts/orders')
    return words.test(JSON.stringify(body))
  }
  await ask(coordinator, 'POST', '/v1/accounts/orders/verbs', { verb: 'adopt' })
  await until(() => shows(/"confirmed":true/))
  const { accountId: account, credential } = azure
  azure.setWeather({ vault: { errorRate: 1 } })
  const outside = openArm({ account, credential, endpoint: azure.armEndpoint })
  // A key regenerated by hand asks for version 2, which cannot be written now.
  await outside.regenerate('secondary', 60_000)
  await until(() => shows(/"version":2/))
  const said = reportOf(azure, 'late', { holdMs: 0 })
  t.same(await report(coordinator, 'late', said), { floor: 1, announced: null })
})
