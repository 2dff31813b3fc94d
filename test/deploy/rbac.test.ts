import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { z } from 'zod'
import { openKubeApi } from '../../packages/coordinator/src/platform/kubernetes/client.ts'
import { KubernetesPlatform } from '../../packages/coordinator/src/platform/kubernetes/kubernetes.ts'
import { noNotes } from '../../packages/coordinator/src/platform/kubernetes/notes.ts'
import { ApiServer } from '../support/kubernetes/api-server.ts'
import { Cluster } from '../support/kubernetes/cluster.ts'
import { covers, type Grant } from '../support/kubernetes/rbac.ts'
import { type Manifest, manifestsOf, rulesOf, the } from './manifests.ts'

const rbac = manifestsOf('deploy/kubernetes/coordinator-rbac.yaml')
const account = the(manifestsOf('deploy/kubernetes/coordinator.yaml'), 'ServiceAccount').metadata
const namespace = 'shop'

const grantOf = (role: Manifest): Grant => ({
  namespace: role.kind === 'Role' ? (role.metadata.namespace ?? '') : null,
  rules: rulesOf(role),
})

/** A whole life: it lists, watches, sees a pod end, and a machine that is off. */
const live = async (directory: string, grants: readonly Grant[]): Promise<ApiServer> => {
  const cluster = new Cluster(namespace, { app: 'orders' })
  cluster.addNode('node-1')
  cluster.run('orders-1', 'node-1')
  cluster.run('orders-2', 'node-1')
  const name = `system:serviceaccount:${account.namespace}:${account.name}`
  const server = await new ApiServer(cluster.etcd, [{ token: 't', name, grants }]).start()
  writeFileSync(join(directory, 'token'), 't')
  writeFileSync(join(directory, 'kubeconfig'), server.kubeconfig(join(directory, 'token')))
  const platform = new KubernetesPlatform({
    api: () => openKubeApi(join(directory, 'kubeconfig')),
    ...{ namespaces: [namespace], selector: 'app=orders', machines: true },
    notes: { load: async () => noNotes, save: async () => undefined },
    clock: { now: () => performance.now(), sleep: async () => void (await setImmediate()) },
    chance: () => 0.5,
    log: pino({ enabled: false }),
  })
  platform.start()
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await setImmediate()
  }
  await until(() => server.watches === 1)
  cluster.terminate('orders-1')
  await until(() => platform.read().dead.length === 1)
  cluster.nodeLost('node-1')
  cluster.taint('node-1', 'node.kubernetes.io/out-of-service')
  await until(() => platform.read().dead.length === 2)
  await platform.stop()
  await server.stop()
  return server
}

t.test('what is granted is exactly what is asked', async t => {
  const roles = rbac.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
  const grants = roles.map(grantOf)
  const { asked } = await live(t.testdir(), grants)
  for (const request of asked) {
    const { verb, resource } = request
    t.ok(
      grants.some(one => one.rules.some(rule => covers(rule, request))),
      `it may ${verb} ${resource}`,
    )
  }
  const made = new Set(asked.map(({ verb, resource }) => `${verb} ${resource}`))
  const granted = grants.flatMap(({ rules }) =>
    rules.flatMap(({ verbs, resources }) =>
      verbs.flatMap(verb => resources.map(resource => `${verb} ${resource}`)),
    ),
  )
  t.same(granted.sort(), [...made].sort(), 'no right lies idle')
})

const bindingSchema = z.object({
  roleRef: z.object({ kind: z.string(), name: z.string() }),
  subjects: z.tuple([
    z.object({ kind: z.literal('ServiceAccount'), name: z.string(), namespace: z.string() }),
  ]),
})

t.test('each role is bound, where it stands, to the coordinator and to nobody else', async t => {
  const pairs = [
    ['Role', 'RoleBinding'],
    ['ClusterRole', 'ClusterRoleBinding'],
  ] as const
  for (const [kind, binding] of pairs) {
    const role = the(rbac, kind)
    const bound = the(rbac, binding)
    t.equal(bound.metadata.namespace, role.metadata.namespace)
    const { roleRef, subjects } = bindingSchema.parse(bound)
    t.match(roleRef, { kind, name: role.metadata.name })
    t.same(subjects, [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }])
  }
})
