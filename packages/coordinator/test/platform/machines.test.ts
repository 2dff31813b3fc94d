import t from 'tap'
import { deadBy, expectedBy, settingOf, until } from './support.ts'

const outOfService = 'node.kubernetes.io/out-of-service'

t.test('a machine that is declared off takes its pods with it, where the policy asks', async t => {
  const { cluster, server, open } = await settingOf(t)
  cluster.addNode('node-2')
  cluster.run('web-1', 'node-1')
  cluster.run('web-2', 'node-2')
  const asking = open({ machines: true })
  await until(() => expectedBy(asking).length === 2)
  t.notOk(
    server.asked.some(({ resource }) => resource === 'nodes'),
    'no node is asked for while its pods are well',
  )
  cluster.nodeLost('node-1')
  await until(() => server.asked.some(({ resource }) => resource === 'nodes'))
  t.same(deadBy(asking), [], 'unreachable is not dead')
  cluster.taint('node-1', outOfService)
  await until(() => deadBy(asking).length > 0)
  t.same(deadBy(asking), ['web-1 machine-ended'])
  t.match(asking.read().dead, [{ detail: 'its node node-1 is out of service' }])
  t.same(expectedBy(asking), ['web-2'])
  cluster.nodeBack('node-1')
  await until(() => deadBy(asking).length === 0)
  t.same(expectedBy(asking), ['web-1', 'web-2'], 'it came back, and the taint is a leftover')
  t.ok(server.asked.every(({ resource, verb }) => resource !== 'nodes' || verb === 'get'))
})

t.test('a pod that goes while its machine is off stays dead', async t => {
  const { cluster, open } = await settingOf(t)
  cluster.addNode('node-2')
  cluster.run('web-1', 'node-1')
  const platform = open({ machines: true })
  await until(() => expectedBy(platform).length === 1)
  cluster.nodeLost('node-1')
  cluster.taint('node-1', outOfService)
  await until(() => deadBy(platform).length === 1)
  cluster.removed('web-1')
  // A watch tells in order: who has heard of the next pod knows that the one before is gone.
  cluster.run('web-2', 'node-2')
  await until(() => expectedBy(platform).includes('web-2'))
  cluster.nodeBack('node-1')
  cluster.run('web-3', 'node-1')
  await until(() => expectedBy(platform).includes('web-3'))
  t.same(deadBy(platform), ['web-1 machine-ended'])
})

t.test('a pod whose node is gone is dead once it is collected, where the policy asks', async t => {
  const { cluster, open } = await settingOf(t)
  cluster.addNode('node-2')
  cluster.run('web-1', 'node-1')
  cluster.run('web-2', 'node-2')
  const asking = open({ machines: true })
  await until(() => expectedBy(asking).length === 2)
  cluster.nodeDeleted('node-1')
  await until(() => deadBy(asking).length > 0)
  t.same(deadBy(asking), ['web-1 machine-ended'])
  t.match(asking.read().dead, [{ detail: /collected/ }])
})

t.test('where it does not ask, nothing is made of it, and no node is looked at', async t => {
  const { cluster, server, open } = await settingOf(t)
  cluster.run('web-1', 'node-1')
  const platform = open()
  await until(() => expectedBy(platform).length === 1)
  cluster.nodeLost('node-1')
  cluster.taint('node-1', outOfService)
  cluster.addNode('node-2')
  cluster.run('web-2', 'node-2')
  await until(() => expectedBy(platform).length === 2)
  cluster.nodeDeleted('node-1')
  await until(() => expectedBy(platform).length === 1)
  t.same(deadBy(platform), [])
  t.notOk(server.asked.some(({ resource }) => resource === 'nodes'))
})

t.test('nodes that may not be read prove nothing, and hold up nobody else', async t => {
  const { cluster, server, logged, open } = await settingOf(t)
  const pods = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }
  const name = 'system:serviceaccount:keyturn:keyturn-coordinator'
  server.grant([{ token: 't0ken', name, grants: [{ namespace: 'shop', rules: [pods] }] }])
  cluster.run('web-1', 'node-1')
  const platform = open({ machines: true })
  await until(() => expectedBy(platform).length === 1)
  cluster.nodeLost('node-1')
  cluster.taint('node-1', outOfService)
  await until(() => logged.some(({ event }) => event === 'platform-nodes-failed'))
  t.same(deadBy(platform), [])
  t.equal(platform.read().error, null)
})
