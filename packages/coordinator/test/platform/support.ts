import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import type { Test } from 'tap'
import { ApiServer, type User } from '../../../../test/support/kubernetes/api-server.ts'
import { Cluster } from '../../../../test/support/kubernetes/cluster.ts'
import type { Rule } from '../../../../test/support/kubernetes/rbac.ts'
import { openKubeApi } from '../../src/platform/kubernetes/client.ts'
import { KubernetesPlatform } from '../../src/platform/kubernetes/kubernetes.ts'
import { noteFile } from '../../src/platform/kubernetes/note-file.ts'
import type { Platform, WallClock } from '../../src/ports.ts'

const pods: Rule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }
const nodes: Rule = { apiGroups: [''], resources: ['nodes'], verbs: ['get'] }

export const coordinatorUser = (token: string, rules: readonly Rule[] = [pods]): User => ({
  token,
  name: 'system:serviceaccount:keyturn:keyturn-coordinator',
  grants: [
    { namespace: 'shop', rules },
    { namespace: null, rules: [nodes] },
  ],
})

/** Rests end at once: nobody waits for a back-off. Its monotonic time is the test's to move. */
export class TestClock implements WallClock {
  passed = 0
  readonly rests: number[] = []

  now(): number {
    return this.passed
  }

  monotonic(): number {
    return this.passed
  }

  async sleep(ms: number): Promise<void> {
    this.rests.push(ms)
    await setImmediate()
  }
}

/** Waits for what is to come; each round is one of the event loop. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await setImmediate()
}

export interface Setting {
  readonly cluster: Cluster
  readonly server: ApiServer
  readonly clock: TestClock
  readonly logged: Record<string, unknown>[]
  /** A process that follows the cluster; `machines`: asks for its nodes, too. */
  open(options?: { machines?: boolean; token?: string }): KubernetesPlatform
}

/** A cluster, its API over TLS, and whoever follows it from a kubeconfig and a token's file. */
export const settingOf = async (t: Test, users = [coordinatorUser('t0ken')]): Promise<Setting> => {
  const cluster = new Cluster('shop', { app: 'shop' })
  cluster.addNode('node-1')
  const server = await new ApiServer(cluster.etcd, users).start()
  t.teardown(() => server.stop())
  const directory = t.testdir()
  const clock = new TestClock()
  const logged: Record<string, unknown>[] = []
  const log = pino({ base: null }, { write: line => void logged.push(JSON.parse(line)) })
  const open: Setting['open'] = ({ machines = false, token = 't0ken' } = {}) => {
    const tokenFile = join(directory, `token-${token}`)
    writeFileSync(tokenFile, token)
    const kubeconfig = join(directory, `kubeconfig-${token}`)
    writeFileSync(kubeconfig, server.kubeconfig(tokenFile))
    const platform = new KubernetesPlatform({
      api: () => openKubeApi(kubeconfig),
      ...{ namespaces: ['shop'], selector: 'app=shop', machines, clock, log },
      notes: noteFile(join(directory, 'notes.json'), log),
      chance: () => 0.5,
    })
    t.teardown(() => platform.stop())
    platform.start()
    return platform
  }
  return { cluster, server, clock, logged, open }
}

export const expectedBy = (platform: Platform): string[] =>
  platform
    .read()
    .expected.map(({ name }) => name)
    .sort()

export const deadBy = (platform: Platform): string[] =>
  platform
    .read()
    .dead.map(({ name, proof }) => `${name} ${proof}`)
    .sort()
