import t from 'tap'
import { Cluster } from '../../../../test/support/kubernetes/cluster.ts'
import { type Pod, sidecarName } from '../../../../test/support/kubernetes/objects.ts'
import {
  endOfMachine,
  isCollected,
  mayRun,
  terminationOf,
} from '../../src/platform/kubernetes/lives.ts'
import { nodeSchema, podSchema } from '../../src/platform/kubernetes/objects.ts'

const cluster = (): Cluster => {
  const made = new Cluster('shop', { app: 'shop' })
  made.addNode('node-1')
  made.run('web-1', 'node-1')
  return made
}

const judged = (pod: Pod) => {
  const read = podSchema.parse(pod)
  return { ended: terminationOf(read), runs: mayRun(read), collected: isCollected(read) }
}

t.test('a pod whose containers have all ended, by its kubelet’s word, is dead', async t => {
  for (const phase of ['Succeeded', 'Failed'] as const) {
    const pod = cluster().ended('web-1', phase)
    t.same(judged(pod), { ended: `its phase is ${phase}`, runs: false, collected: false })
  }
})

t.test('no proof is', async t => {
  const cases: Record<string, (made: Cluster) => Pod> = {
    'that it runs': made => made.pod('web-1'),
    'that it was asked to end': made => made.askedToEnd('web-1'),
    'that it was asked to end at once, by force': made => made.askedToEnd('web-1', 0),
    'a container that was started again': made => made.restarted('web-1', sidecarName),
    'a container that has ended and starts again': made => made.crashed('web-1', 'app'),
    'containers that have all ended, and start again': made => {
      made.crashed('web-1', sidecarName)
      return made.crashed('web-1', 'app')
    },
    '… though it was asked to end: its kubelet may not know yet': made => {
      made.crashed('web-1', sidecarName)
      made.crashed('web-1', 'app')
      return made.askedToEnd('web-1')
    },
    'that its node is not heard': made => {
      made.nodeLost('node-1')
      return made.pod('web-1')
    },
    'the phase Unknown': made =>
      made.edit('web-1', ({ status }) => {
        status.phase = 'Unknown'
        status.reason = 'NodeLost'
      }),
  }
  for (const [what, happens] of Object.entries(cases)) {
    t.same(judged(happens(cluster())), { ended: null, runs: true, collected: false }, what)
  }
})

t.test('a phase that somebody else has set is nobody’s word about containers', async t => {
  t.same(judged(cluster().collected('web-1')), { ended: null, runs: false, collected: true })
  const made = cluster()
  made.crashed('web-1', sidecarName)
  made.crashed('web-1', 'app')
  t.same(judged(made.collected('web-1')), { ended: null, runs: false, collected: true })
  const failed = cluster().edit('web-1', ({ status }) => {
    status.phase = 'Failed'
    status.reason = 'NodeLost'
  })
  t.equal(judged(failed).ended, null, 'its containers still run, as far as anybody knows')
  const untold = cluster().edit('web-1', ({ status }) => {
    status.phase = 'Failed'
    delete status.containerStatuses
  })
  t.equal(judged(untold).ended, null, 'nothing is said of the application')
})

t.test('a container that never began has ended as well', async t => {
  const made = new Cluster('shop', {})
  made.addNode('node-1')
  made.run('web-1', 'node-1')
  const pod = made.edit('web-1', ({ status }) => {
    status.phase = 'Failed'
    for (const one of [
      ...(status.initContainerStatuses ?? []),
      ...(status.containerStatuses ?? []),
    ]) {
      one.state = { terminated: { exitCode: 1, reason: 'Error' } }
    }
    for (const one of status.containerStatuses ?? [])
      one.state = { waiting: { reason: 'PodInitializing' } }
  })
  t.equal(judged(pod).ended, 'its phase is Failed')
})

t.test('whoever has started nothing is not expected yet', async t => {
  const made = new Cluster('shop', {})
  made.addNode('node-1')
  const scheduled = made.schedule('web-1', 'node-1')
  t.equal(judged(scheduled).runs, false)
  const pulling = made.edit('web-1', ({ status }) => {
    status.initContainerStatuses = [
      {
        ...{ name: sidecarName, ready: false, restartCount: 0, image: '', imageID: '' },
        ...{ state: { waiting: { reason: 'ImagePullBackOff' } }, lastState: {} },
      },
    ]
  })
  t.equal(judged(pulling).runs, false)
  const looping = made.edit('web-1', ({ status }) => {
    for (const one of status.initContainerStatuses ?? []) one.restartCount = 3
  })
  t.equal(judged(looping).runs, true, 'it has run, and will again')
  const unbound = made.edit('web-1', ({ spec }) => {
    delete spec.nodeName
  })
  t.equal(judged(unbound).runs, false)
})

t.test('a machine is off by a taint, while its node is not ready', async t => {
  const outOfService = 'node.kubernetes.io/out-of-service'
  const nodeOf = (happens: (made: Cluster) => void) => {
    const made = cluster()
    happens(made)
    const node = made.etcd.get('Node', 'node-1')
    return endOfMachine(nodeSchema.parse(node))
  }
  t.equal(
    nodeOf(made => made.nodeLost('node-1')),
    null,
    'being unreachable is no end',
  )
  const off = (key: string) =>
    nodeOf(made => {
      made.nodeLost('node-1')
      made.taint('node-1', key)
    })
  t.equal(off(outOfService), 'its node node-1 is out of service')
  t.equal(off('node.cloudprovider.kubernetes.io/shutdown'), 'its node node-1 is shut down')
  t.equal(off('node.kubernetes.io/unreachable'), null)
  const leftover = nodeOf(made => {
    made.nodeLost('node-1')
    made.taint('node-1', outOfService)
    made.nodeBack('node-1')
  })
  t.equal(leftover, null, 'a taint that nobody took away')
})
