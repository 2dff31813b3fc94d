import { existsSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountStatus } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import { oldKeysRefused } from '../../packages/cli/src/demo/old-keys.ts'
import { newestGenerations, regenerated } from './support/azure-control.ts'
import { killed, Scene } from './support/scene.ts'

t.setTimeout(600_000)

/** Whose word the rotation waits for now, and for nobody else's. */
const waitsFor = (member: string, codes: readonly string[]) => (status: AccountStatus) =>
  status.blockers.length > 0 &&
  status.blockers.every(blocker => blocker.member === member && codes.includes(blocker.code))

const clientsOf = (status: AccountStatus, name: string) =>
  status.members.find(member => member.name === name && member.standing === 'joined')?.clients

const named = (children: Scene['sidecars'], name: string) =>
  children.find(child => child.name === name)

/** The load goes on: as many operations more as all workers do in a few turns. */
const worksOn = async (scene: Scene): Promise<void> => {
  const enough = scene.operations + 50
  while (scene.operations < enough) await sleep(20)
}

t.test('sidecars and applications die, stop and lose their socket, and both keys turn', async t => {
  const scene = await Scene.open(t, { reportAgeMsMax: 5_000 })
  const [one, two] = ['one', 'two'].map(name => named(scene.sidecars, name))
  const stopped = named(scene.applications, 'application-two')
  t.ok(one && two && stopped)
  const socket = scene.sockets.get('one') ?? ''

  t.comment('an application is stopped: attached, silent, and so in use; the turn waits for it')
  stopped?.kill('SIGSTOP')
  await scene.operators.verb({ verb: 'rotate', reason: 'the test' })
  const behind = ['KEYSET_BEHIND', 'NOT_FENCED', 'IN_FLIGHT', 'MEMBER_STALE']
  await scene.until('waiting for the stopped one', waitsFor('two', behind))

  t.comment('meanwhile the other sidecar is killed under load, and comes back')
  if (one) await killed(one)
  await worksOn(scene)
  await scene.startSidecar('one')
  await scene.until('back', status => {
    const clients = clientsOf(status, 'one')
    return clients?.attached === 1 && clients.lost.length === 0 && waitsFor('two', behind)(status)
  })

  t.comment('its socket is deleted; a visitor finds it again, and is killed in the middle of it')
  await unlink(socket)
  while (!existsSync(socket)) await sleep(20)
  const visitor = await scene.startVisitor('one')
  await scene.until('attached', status => clientsOf(status, 'one')?.attached === 2)
  await killed(visitor)
  await scene.until('proven dead', status => {
    const clients = clientsOf(status, 'one')
    return clients?.attached === 1 && clients.lost.length === 0
  })

  t.comment('now the sidecar of the stopped application stops as well, and only that goes on')
  two?.kill('SIGSTOP')
  stopped?.kill('SIGCONT')
  await worksOn(scene)
  await scene.until('stale', waitsFor('two', [...behind]))
  t.same(await regenerated(scene.hand), [], 'nothing was regenerated while anybody was silent')
  two?.kill('SIGCONT')

  await completes(t, scene)
})

const completes = async (t: Test, scene: Scene): Promise<void> => {
  const status = await scene.until('completed', ({ rotation }) => rotation?.status === 'completed')
  const results = await scene.endLoad()
  t.same(
    results.flatMap(({ failures }) => failures),
    [],
    'no operation failed',
  )
  t.ok(results.every(({ ran }) => ran.every(count => count > 0)))
  t.same(await regenerated(scene.hand), ['secondary', 'primary'], 'each once')
  t.match(await newestGenerations(scene.hand), { primary: 2, secondary: 2 })
  t.equal(status.members.filter(({ standing }) => standing === 'joined').length, 2)
  const { primary, secondary } = scene.old
  t.ok(await oldKeysRefused(scene.hand, { primary, secondary }))
}
