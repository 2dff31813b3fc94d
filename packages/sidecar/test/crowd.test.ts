import t from 'tap'
import { ask } from './helpers/local.ts'
import { TestProcess } from './helpers/process.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

const many = 1_000

t.test('a thousand clients follow one sidecar, and their death is proven one by one', async t => {
  const { socket, source, coordinator, sidecar, lines } = await startBeside(t)
  const crowd = new TestProcess(t, './crowd.ts', [socket, `${many}`])
  await crowd.until(({ is, version }) => is === 'all' && version === 1)
  const first = await coordinator.until(
    ({ acknowledged, clients }) => acknowledged?.version === 1 && clients.attached === many,
  )
  t.same(first.clients.lost, [])
  source.say(fencedKeyset(2))
  await crowd.until(({ is, version }) => is === 'all' && version === 2)
  await coordinator.until(
    ({ acknowledged, clients }) => acknowledged?.version === 2 && clients.attached === many,
  )
  t.equal((await ask(socket, 'GET', '/readyz')).status, 200)
  await crowd.kill()
  await coordinator.until(({ clients }) => clients.attached + clients.lost.length === 0)
  t.same(sidecar.status()?.clients, [])
  t.equal(lines.lines.filter(({ event }) => event === 'client-died').length, many)
  t.same(coordinator.refusedBodies, [], 'every report was one that the wire takes')
})
