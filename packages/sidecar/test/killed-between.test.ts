import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { ask, attachment, usage } from './helpers/local.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset } from './helpers/sidecars.ts'

/** A sidecar that halts at a write to its disk, and one that comes after it. */
const stage = async (t: Test, when: 'before' | 'after', what: string) => {
  const directory = await scratch(t)
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  const socket = join(directory, 'keyturn.sock')
  const state = join(directory, 'state')
  const halting = new TestProcess(t, './halting-sidecar.ts', [
    socket,
    state,
    coordinator.url,
    when,
    what,
  ])
  await halting.until(({ is }) => is === 'listening')
  const succeed = async (version: number) => {
    const args = ['pod-1', socket, state, coordinator.url]
    const next = new TestProcess(t, './sidecar-process.ts', args)
    await next.until(({ is }) => is === 'listening')
    next.send(JSON.stringify(fencedKeyset(version)))
    return next
  }
  const onDisk = async () =>
    JSON.parse(await readFile(join(state, 'pod-1.json'), 'utf8')) as {
      readonly clients: readonly { readonly name: string }[]
      readonly acknowledged: { readonly version: number } | null
    }
  return { coordinator, socket, halting, succeed, onDisk }
}

const hasKeys = ({ is }: { readonly is: string }): boolean => is === 'swapped'

t.test('killed before it has recorded a client, it has handed it nothing', async t => {
  const { coordinator, socket, halting, succeed, onDisk } = await stage(t, 'before', 'client')
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await halting.until(({ is }) => is === 'halted')
  let isAttached = false
  const attaching = ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') }).then(
    () => {
      isAttached = true
    },
    () => undefined,
  )
  const codeOf = async (path: string): Promise<string> => {
    const { text } = await ask(socket, 'GET', path, { headers: { 'keyturn-client': 'c-1' } })
    return JSON.parse(text).code
  }
  // Until its request has been read, it is nobody.
  while ((await codeOf('/v1/keyset')) === 'CLIENT_UNKNOWN');
  for (const path of ['/v1/keyset', '/v1/keyset/stream']) {
    t.equal(await codeOf(path), 'CLIENT_NOT_RECORDED', path)
  }
  t.notOk(isAttached)
  await halting.kill()
  await attaching
  t.same((await onDisk()).clients, [])
  t.notOk(application.messages.some(hasKeys), 'who is not on the disk holds no key')
  t.ok(
    coordinator.reports.every(({ report }) => report.clients.attached === 0),
    'nor was anybody told of it',
  )
  await succeed(1)
  await application.until(hasKeys)
  await coordinator.until(
    ({ acknowledged, clients }) => acknowledged?.version === 1 && clients.attached === 1,
  )
})

t.test('killed once it has recorded a client, its successor asks after it', async t => {
  const { coordinator, socket, halting, succeed, onDisk } = await stage(t, 'after', 'client')
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await halting.until(({ is }) => is === 'halted')
  application.child.kill('SIGSTOP')
  await halting.kill()
  t.match(await onDisk(), { clients: [{ name: 'orders-api' }] })
  await succeed(2)
  const lost = await coordinator.until(({ held }) => held?.version === 2)
  t.match(lost, { acknowledged: null, clients: { attached: 0, lost: [/^orders-api\./] } })
  application.child.kill('SIGCONT')
  await application.until(({ is, version }) => is === 'swapped' && version === 2)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
})

t.test('a version that is not recorded is not acknowledged', async t => {
  const { coordinator, socket, halting, succeed } = await stage(t, 'before', 'version-2')
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(hasKeys)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  halting.send('2')
  await application.until(({ is, version }) => is === 'swapped' && version === 2)
  await halting.until(({ is }) => is === 'halted')
  await coordinator.until(({ held }) => held?.version === 2)
  await halting.kill()
  t.notOk(coordinator.reports.some(({ report }) => report.acknowledged?.version === 2))

  t.comment('its successor reads an older file, and the application is ahead of it')
  await succeed(1)
  const after = await coordinator.until(({ ahead }) => ahead?.version === 2)
  t.equal(after.acknowledged, null)
})

t.test('one that is recorded, and never was said, binds its successor', async t => {
  const { coordinator, socket, halting, succeed, onDisk } = await stage(t, 'after', 'version-2')
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(hasKeys)
  halting.send('2')
  await halting.until(({ is }) => is === 'halted')
  await Promise.all([halting.kill(), application.kill()])
  t.equal((await onDisk()).acknowledged?.version, 2)
  const stale = await succeed(1)
  await coordinator.until(({ held }) => held?.version === 1)
  const late = new TestProcess(t, './application.ts', [socket, 'late'])
  await coordinator.until(({ clients }) => clients.attached === 1 && clients.lost.length === 0)
  stale.send(JSON.stringify(fencedKeyset(2)))
  t.equal((await late.until(hasKeys)).version, 2, 'nothing older was served')
})

t.test('a client that holds the same version with other content is no acknowledgement', async t => {
  const directory = await scratch(t)
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  const socket = join(directory, 'keyturn.sock')
  const args = ['pod-1', socket, join(directory, 'state'), coordinator.url]
  const sidecar = new TestProcess(t, './sidecar-process.ts', args)
  await sidecar.until(({ is }) => is === 'listening')
  sidecar.send(JSON.stringify(fencedKeyset(2)))
  const whole = (await coordinator.until(({ acknowledged }) => acknowledged?.version === 2))
    .acknowledged
  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  const say = async (sequence: number, held: object) => {
    const answer = await ask(socket, 'POST', '/v1/clients/c-1/usage', {
      body: usage(sequence, { held }),
    })
    t.equal(answer.status, 204)
  }
  const torn = [
    { ...whole, fenced: [] },
    { ...whole, active: 'secondary' },
    { ...whole, fingerprints: { primary: 'a'.repeat(16), secondary: 'b'.repeat(16) } },
    { ...whole, version: 3 },
  ]
  for (const [index, held] of torn.entries()) {
    await say(2 * index + 1, { ...whole })
    await coordinator.until(
      ({ acknowledged, clients }) => acknowledged?.version === 2 && clients.attached === 1,
    )
    await say(2 * index + 2, held)
    const report = await coordinator.until(({ acknowledged }) => acknowledged === null)
    t.equal(report.held?.version, 2, JSON.stringify(held))
  }
})
