import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { accountEvents } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import type { Coordinator } from '../../src/index.ts'
import {
  ask,
  configFor,
  report,
  reportOf,
  startAzure,
  startCoordinator,
  until,
} from '../support.ts'

interface Told {
  readonly event: string
  readonly id: number
  readonly data: Record<string, unknown>
}

/** A stream of events, as any client reads it. */
const follow = async (t: Test, coordinator: Coordinator, headers: Record<string, string> = {}) => {
  const request: ClientRequest = get(`${coordinator.url}/v1/accounts/orders/events`, {
    headers: { authorization: `Bearer ${coordinator.tokens.operator}`, ...headers },
  })
  t.teardown(() => request.destroy())
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const told: Told[] = []
  let text = ''
  response.setEncoding('utf8').on('data', chunk => {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, event, id, data] = /^event: (\w+)\nid: (\d+)\ndata: (.*)$/s.exec(block) ?? []
      if (event && data) told.push({ event, id: Number(id), data: JSON.parse(data) })
    }
  })
  response.on('error', () => undefined)
  const seen = async (which: (told: Told) => boolean): Promise<Told> => {
    for (;;) {
      const found = told.find(which)
      if (found) return found
      await once(response, 'data')
    }
  }
  return { response, told, seen, leave: () => request.destroy() }
}

const verb = (coordinator: Coordinator, body: unknown) =>
  ask(coordinator, 'POST', '/v1/accounts/orders/verbs', body)

t.test('a rotation is followed by its events, and taken up where it was left', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure, ['one']))
  const first = await follow(t, coordinator)
  t.equal(first.response.headers['content-type'], 'text/event-stream')
  await first.seen(({ event, data }) => event === 'status' && data['published'] === null)
  await verb(coordinator, { verb: 'adopt' })
  await first.seen(({ data }) => (data['event'] as { type?: string })?.type === 'published')
  await report(coordinator, 'one', reportOf(azure, 'one', {}))
  await first.seen(({ event, data }) => event === 'progress' && data['members'] === 1)
  await verb(coordinator, { verb: 'rotate', reason: 'to be followed' })
  const blocked = await first.seen(
    ({ event, data }) => event === 'blockers' && JSON.stringify(data).includes('KEYSET_BEHIND'),
  )
  t.ok(Number(blocked.data['count']) > 0)
  const progress = await first.seen(({ event, data }) => event === 'progress' && !!data['going'])
  t.match(progress.data, { members: 1, acknowledged: 0, going: { slot: 'secondary', drained: 0 } })
  first.leave()

  await verb(coordinator, { verb: 'abort', reason: 'seen enough' })
  const known = Math.max(...first.told.map(({ id }) => id))
  const second = await follow(t, coordinator, { 'last-event-id': String(known) })
  await second.seen(({ data }) => (data['event'] as { type?: string })?.type === 'aborted')
  const revisions = [...first.told, ...second.told]
    .filter(({ event }) => event === 'journal')
    .map(({ id, data }) => [id, data['revision']])
  t.same(
    revisions,
    revisions.map((_, index) => [index + 1, index + 1]),
    'each entry once, in order',
  )
  for (const { event, data } of [...first.told, ...second.told]) {
    t.ok(accountEvents[event as 'journal'].safeParse(data).success, `${event} is as described`)
  }
  await coordinator.stop()
  if (!second.response.readableEnded) await once(second.response, 'end')
  t.ok(second.response.complete, 'a coordinator that stops ends its streams')
})

t.test('who may not look may not follow either', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure))
  const path = '/v1/accounts/orders/events'
  const { status } = await ask(coordinator, 'GET', path, undefined, coordinator.tokens.member)
  t.equal(status, 403)
  t.equal((await ask(coordinator, 'GET', `${path}?after=-1`)).status, 400)
  t.equal((await ask(coordinator, 'GET', '/v1/accounts/none/events')).status, 404)
})

t.test('fleet, blockers, rotations and history come in pages that fit together', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure, ['a']))
  const get = async (path: string) =>
    (await ask(coordinator, 'GET', `/v1/accounts/orders/${path}`)).body
  for (const name of ['c', 'a', 'b']) await report(coordinator, name, reportOf(azure, name, {}))
  const names = (page: Record<string, unknown>) =>
    (page['members'] as { name: string }[]).map(({ name }) => name)
  const one = await get('fleet?limit=2')
  t.same(names(one), ['a', 'b'])
  const two = await get(`fleet?limit=2&after=${encodeURIComponent(String(one['next']))}`)
  t.same([names(two), two['next']], [['c'], null])
  t.same(names(await get('fleet?member=b')), ['b'])
  t.match(await get('fleet?limit=0'), { code: 'BAD_REQUEST' })

  await verb(coordinator, { verb: 'adopt' })
  t.same(await get('rotations'), { rotations: [] })
  await until(async () => JSON.stringify(await get('history')).includes('"published"'))
  for (const reason of ['first', 'second']) {
    await verb(coordinator, { verb: 'rotate', reason })
    await verb(coordinator, { verb: 'abort', reason: 'not now' })
    await until(async () => {
      const [newest] = (await get('rotations'))['rotations'] as Record<string, unknown>[]
      return newest?.['endedAt'] !== null
    })
  }
  const { rotations } = (await get('rotations')) as { rotations: Record<string, unknown>[] }
  t.match(rotations, [
    { reason: 'second', status: 'reverted' },
    { reason: 'first', status: 'reverted' },
  ])
  t.equal(rotations.length, 2)
  t.match(await get('rotations?limit=1'), { rotations: [{ reason: 'second' }] })
  t.match(await get('blockers'), { count: 0, blockers: [] })
  const all = (await get('history')) as unknown as { revision: number }[]
  const page = (await get('history?after=2&limit=3')) as unknown as { revision: number }[]
  t.same(page, all.slice(2, 5))
})
