import t from 'tap'
import { ask, configFor, reportOf, startAzure, startCoordinator } from '../support.ts'

t.test('nothing that terminals show later may move a cursor there', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure))
  const verb = (reason: string) =>
    ask(coordinator, 'POST', '/v1/accounts/orders/verbs', { verb: 'pause', reason })
  for (const reason of ['a\u001b[2Jb', 'two\nlines', 'c1 \u009b31m', 'right \u202e to left']) {
    t.match(
      await verb(reason),
      { status: 400, body: { code: 'BAD_REQUEST' } },
      JSON.stringify(reason),
    )
  }
  t.match(await verb('Größe 👩‍💻 – well'), { status: 409 }, 'every language is welcome')
  const report = (change: object) => {
    const body = { ...reportOf(azure, 'one', {}), ...change }
    const { member } = coordinator.tokens
    return ask(coordinator, 'POST', '/v1/members/one/reports', body, member)
  }
  for (const word of ['1.0\u001b[31m', 'two\nlines', 'x'.repeat(65), '']) {
    t.match(await report({ release: word }), { status: 400 }, JSON.stringify(word))
    t.match(await report({ incarnation: word }), { status: 400 }, JSON.stringify(word))
  }
  t.equal((await report({ release: '1.2.3-beta.4+build' })).status, 200)
})
