import type { SimClient } from '../fleet/client.ts'
import type { SimCoordinator } from '../fleet/coordinator.ts'
import type { SimPod } from '../fleet/pod.ts'
import type { SimProcess } from '../time/process.ts'
import type { Scene, Strike, Strikes } from './scene.ts'

const livingPod = ({ world, chance }: Scene): SimPod | undefined =>
  chance.maybe(world.pods.filter(({ isUp }) => isUp))

const livingClient = (scene: Scene): SimClient | undefined =>
  scene.chance.maybe(
    scene.world.pods.flatMap(({ clients }) =>
      clients.filter(({ process, closed }) => process.alive && !closed),
    ),
  )

const leader = ({ world }: Scene): SimCoordinator | undefined => world.leader ?? undefined

const onPod =
  (strike: (pod: SimPod, scene: Scene) => void): Strike =>
  scene => {
    const pod = livingPod(scene)
    if (pod) strike(pod, scene)
    return pod?.label ?? null
  }

const onClient =
  (strike: (client: SimClient, scene: Scene) => void): Strike =>
  scene => {
    const client = livingClient(scene)
    if (client) strike(client, scene)
    return client?.process.name ?? null
  }

const onLeader =
  (strike: (coordinator: SimCoordinator, scene: Scene) => void): Strike =>
  scene => {
    const coordinator = leader(scene)
    if (coordinator) strike(coordinator, scene)
    return coordinator?.process.name ?? null
  }

const stopFor = (process: SimProcess, { after }: Scene): void => {
  process.stop()
  after(() => process.continue())
}

const killAndRestart = (coordinator: SimCoordinator, { world, after }: Scene): void => {
  coordinator.process.kill()
  after(() => {
    if (world.leader === null) world.startCoordinator()
  })
}

const atNextSending =
  (strike: (coordinator: SimCoordinator, scene: Scene) => void): Strike =>
  scene => {
    scene.world.weather.atSending.push(() => {
      const coordinator = leader(scene)
      if (!coordinator) return
      // In the middle of the effect: what was begun in this very instant goes on its way.
      strike(coordinator, scene)
      scene.world.trace.tell(coordinator.process.name, 'is struck in the middle of an effect')
    })
    return 'the next effect'
  }

export const coordinators: Strikes = {
  'coordinator-crash': onLeader(killAndRestart),
  'coordinator-stop': onLeader(({ process }, scene) => stopFor(process, scene)),
  'coordinator-crash-at-effect': atNextSending(killAndRestart),
  'coordinator-stop-at-effect': atNextSending(({ process }, scene) => stopFor(process, scene)),
  'second-leader': onLeader((_, { world }) => void world.startCoordinator()),
  'leader-stopped-and-replaced': onLeader(({ process }, scene) => {
    stopFor(process, scene)
    scene.world.startCoordinator()
  }),
  'coordinator-clock-jump': onLeader((_, { world, chance }) => {
    const jump = chance.pick([-3_600_000, -20_000, 20_000, 3_600_000, 86_400_000])
    world.coordinatorWallOffset += jump
    for (const { process } of world.coordinators) process.wallOffset = world.coordinatorWallOffset
  }),
}

export const sidecars: Strikes = {
  'sidecar-crash': onPod((pod, { after }) => {
    pod.killSidecar()
    after(() => {
      if (!pod.process.alive) pod.restartSidecar()
    })
  }),
  'sidecar-restart': onPod(pod => pod.restartSidecar()),
  'sidecar-stop': onPod((pod, scene) => stopFor(pod.process, scene)),
  'disk-full': onPod((pod, { until }) => {
    pod.diskFullUntil = until
  }),
  'disk-lost': onPod(pod => pod.loseDisk()),
  'vault-unreachable': onPod((pod, { until }) => {
    pod.vaultCutUntil = until
  }),
  'probes-unreachable': onPod((pod, { until }) => {
    pod.azureCutUntil = until
  }),
  'reports-cut': onPod((pod, { world, until }) => {
    world.reports.of(pod).cutUntil = until
  }),
  'answers-lost': onPod((pod, { world, until }) => {
    world.reports.of(pod).answersLostUntil = until
  }),
  'reports-late-and-repeated': onPod((pod, { world, until }) => {
    world.reports.of(pod).slowUntil = until
  }),
}

/** Of a pod whose applications stand still for a while: nobody hears what they still hold. */
const whileStopped =
  (strike: (pod: SimPod) => void): Strike =>
  scene => {
    const client = livingClient(scene)
    const pod = scene.world.pods.find(({ clients }) => client && clients.includes(client))
    if (!client || !pod?.isUp) return null
    stopFor(client.process, scene)
    strike(pod)
    return client.process.name
  }

export const clients: Strikes = {
  'sidecar-restart-while-client-stopped': whileStopped(pod => pod.restartSidecar()),
  'disk-lost-while-client-stopped': whileStopped(pod => pod.loseDisk()),
  'client-crash': onClient(client => client.process.kill()),
  'client-stop': onClient((client, scene) => stopFor(client.process, scene)),
  'client-cut': onClient((client, { ms }) => client.cut(ms)),
  'client-slow': onClient((client, { until }) => {
    client.slowUntil = until
  }),
  'client-leaves': onClient(client => void client.close()),
  'client-starts': onPod(pod => void pod.startClient()),
  'client-clock': onClient((client, { chance }) => {
    client.process.wallOffset = chance.pick([-3_600_000, -60_000, 3_600_000])
  }),
}

const planFor = ({ world, chance }: Scene, name: string, label: string) => ({
  name,
  label,
  mountLagMs: chance.pick([null, null, 10_000, 40_000]),
  durable: chance.is(0.9),
  clients: chance.int(1, Math.max(1, world.settings.clientsMost)),
})

export const fleet: Strikes = {
  'pod-joins': scene => {
    const name = `late-${scene.world.pods.length}`
    scene.world.addPod(planFor(scene, name, name))
    return name
  },
  'pod-joins-on-an-old-mount': scene => {
    const name = `late-${scene.world.pods.length}`
    const plan = { ...planFor(scene, name, name), mountLagMs: 40_000, durable: true }
    scene.world.addPod(plan)
    return name
  },
  'pod-joins-cut-off': scene => {
    const name = `late-${scene.world.pods.length}`
    const pod = scene.world.addPod(planFor(scene, name, name))
    scene.world.reports.of(pod).cutUntil = scene.until
    return name
  },
  'pod-lost': onPod(pod => pod.lose()),
  'pod-leaves': onPod(pod => void pod.leave()),
  'pod-replaced': onPod((pod, scene) => {
    void pod.leave().then(() => {
      const label = `${pod.name}-again-${scene.world.pods.length}`
      scene.world.addPod(planFor(scene, pod.name, label))
    })
  }),
  'rolling-restart': scene => {
    const { world, chance } = scene
    const pods = world.pods.filter(({ isUp }) => isUp).slice(0, 12)
    for (const [index, pod] of pods.entries()) {
      world.timeline.after(index * chance.int(500, 5_000), () => {
        if (pod.isUp) pod.restartSidecar()
      })
    }
    return `${pods.length} pods`
  },
  twin: onPod((pod, scene) => {
    const label = `${pod.name}-twin-${scene.world.pods.length}`
    const twin = scene.world.addPod(planFor(scene, pod.name, label))
    scene.after(() => void twin.leave())
  }),
}
