import t from 'tap'
import { sidecarName } from '../../../../test/support/kubernetes/objects.ts'
import { deadBy, expectedBy, settingOf, until } from './support.ts'

t.test('who runs is expected, and who ended is dead, as the watch tells it', async t => {
  const { cluster, server, open } = await settingOf(t)
  cluster.run('web-1', 'node-1')
  cluster.run('web-2', 'node-1')
  cluster.schedule('other', 'node-1', { app: 'other' })
  const platform = open()
  t.equal(platform.read().ageMs, null, 'nothing is known before it has answered')
  await until(() => server.watches === 1)
  t.same(expectedBy(platform), ['web-1', 'web-2'])
  t.same(deadBy(platform), [])
  cluster.run('web-3', 'node-1')
  cluster.restarted('web-1', sidecarName)
  await until(() => expectedBy(platform).includes('web-3'))
  cluster.terminate('web-2')
  await until(() => deadBy(platform).length > 0)
  t.same(expectedBy(platform), ['web-1', 'web-3'])
  t.same(deadBy(platform), ['web-2 terminated'])
  t.equal(platform.read().error, null)
})

t.test('a pod that is gone by force, or loses its label, is no death', async t => {
  const { cluster, server, open } = await settingOf(t)
  for (const name of ['web-1', 'web-2', 'web-3']) cluster.run(name, 'node-1')
  const platform = open()
  await until(() => server.watches === 1)
  cluster.removed('web-1')
  cluster.edit('web-2', ({ metadata }) => {
    metadata.labels = {}
  })
  await until(() => expectedBy(platform).length === 1)
  t.same(expectedBy(platform), ['web-3'])
  t.same(deadBy(platform), [])
})

t.test('a watch that breaks, ends or falls silent goes on where it was', async t => {
  const { cluster, server, clock, open } = await settingOf(t)
  cluster.run('web-1', 'node-1')
  const platform = open()
  await until(() => server.watches === 1)
  let began = 0
  server.onWatch = () => {
    began += 1
  }
  server.cutWatches()
  cluster.terminate('web-1')
  await until(() => began === 1 && deadBy(platform).length === 1)
  t.same(deadBy(platform), ['web-1 terminated'], 'it ended while nobody watched')
  clock.passed += 60_000
  server.endWatches()
  await until(() => began === 2)
  t.equal(platform.read().ageMs, 0, 'ended in good order: nothing else had happened')
  clock.passed += 60_000
  t.equal(platform.read().ageMs, 60_000)
  server.bookmark()
  await until(() => platform.read().ageMs === 0)
  const lists = server.asked.filter(({ verb }) => verb === 'list')
  t.equal(lists.length, 1, 'and it was listed once')
})

t.test('what is compacted is not known: it is listed anew, and nobody is dead by it', async t => {
  for (const expiredWith of ['event', 'status'] as const) {
    const { cluster, server, logged, open } = await settingOf(t)
    server.expiredWith = expiredWith
    cluster.run('web-1', 'node-1')
    cluster.run('web-2', 'node-1')
    const platform = open()
    await until(() => server.watches === 1)
    server.weather = 'unavailable'
    server.cutWatches()
    await until(() => server.watches === 0)
    cluster.terminate('web-1')
    cluster.etcd.compact()
    server.weather = 'fair'
    await until(() => server.watches === 1)
    t.same(expectedBy(platform), ['web-2'])
    t.same(deadBy(platform), [], expiredWith)
    t.ok(logged.some(({ event }) => event === 'platform-gap'))
  }
})

t.test('while it was away, a process misses nothing that the server remembers', async t => {
  const { cluster, server, open } = await settingOf(t)
  cluster.run('web-1', 'node-1')
  cluster.run('web-2', 'node-1')
  const before = open()
  await until(() => server.watches === 1)
  cluster.terminate('web-1')
  await until(() => deadBy(before).length === 1)
  await before.stop()
  cluster.terminate('web-2', 'Failed')
  const after = open()
  await until(() => deadBy(after).length === 2)
  t.same(deadBy(after), ['web-1 terminated', 'web-2 terminated'])
  await after.stop()
  cluster.etcd.compact()
  const late = open()
  await until(() => late.read().ageMs !== null && server.watches === 1)
  t.same(deadBy(late), ['web-1 terminated', 'web-2 terminated'], 'what was seen stays seen')
})

t.test('an API that fails is tried again, and said to have failed', async t => {
  const { cluster, server, clock, open } = await settingOf(t)
  cluster.run('web-1', 'node-1')
  server.weather = 'unavailable'
  const platform = open()
  await until(() => clock.rests.length >= 4)
  t.equal(platform.read().ageMs, null)
  t.match(platform.read().error, /no etcd/)
  const [first = 0, , , fourth = 0] = clock.rests
  t.ok(fourth > first, 'each rest is longer')
  server.weather = 'fair'
  await until(() => server.watches === 1)
  t.same(expectedBy(platform), ['web-1'])
  t.equal(platform.read().error, null)
})

t.test('whoever may not is told so in Kubernetes’ own words, without a token', async t => {
  const { server, logged, open } = await settingOf(t, [
    { token: 'n0thing', name: 'system:serviceaccount:keyturn:nobody', grants: [] },
  ])
  const platform = open({ token: 'n0thing' })
  await until(() => platform.read().error !== null)
  t.match(platform.read().error, /nobody" cannot list resource "pods".* namespace "shop"/)
  t.notMatch(JSON.stringify(logged), 'n0thing')
  t.equal(server.asked.length > 0, true)
  const stranger = open({ token: 'str4nger' })
  await until(() => stranger.read().error !== null)
  t.match(stranger.read().error, /401/)
})

t.test('a fleet of more than one page is listed to its end', async t => {
  const { cluster, server, open } = await settingOf(t)
  for (let index = 0; index < 1_100; index += 1) cluster.run(`web-${index}`, 'node-1')
  const platform = open()
  await until(() => server.watches === 1)
  t.equal(expectedBy(platform).length, 1_100)
  t.equal(server.asked.filter(({ verb }) => verb === 'list').length, 3)
})
