import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backgroundClock, type Clock } from '@keyturn/keyring'
import t, { type Test } from 'tap'
import { PresenceSocket } from '../../src/sources/sidecar/presence.ts'

const name = 'c-0123456789abcdef'

/** How a connection to it ends: `connect`, or the system's code. */
const knock = (path: string): Promise<string> =>
  new Promise(resolve => {
    const socket = connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve('connect')
    })
    socket.once('error', error => resolve('code' in error ? String(error.code) : error.name))
  })

const opened = async (t: Test) => {
  const above = await mkdtemp(join(tmpdir(), 'kt-'))
  t.teardown(() => rm(above, { recursive: true, force: true }))
  const directory = join(above, 'run')
  await mkdir(directory)
  const path = join(directory, name)
  let looks = 0
  // A wait is a turn of the event loop here; how often it looked is counted.
  const clock: Clock = {
    ...backgroundClock,
    sleep: async () => {
      looks += 1
      await new Promise(setImmediate)
    },
  }
  const presence = new PresenceSocket(path, clock)
  await presence.open()
  t.teardown(() => presence.close())
  const looked = async (): Promise<void> => {
    const enough = looks + 3
    while (looks < enough) await new Promise(setImmediate)
  }
  /** Knocks until somebody opens. @returns every other answer. */
  const back = async (): Promise<ReadonlySet<string>> => {
    const answers = new Set<string>()
    for (let answer = await knock(path); answer !== 'connect'; answer = await knock(path)) {
      answers.add(answer)
    }
    return answers
  }
  return { directory, path, presence, looked, back }
}

t.test('it stays the same file for as long as nobody touches it', async t => {
  const { path, presence, looked } = await opened(t)
  const { ino, mode } = await stat(path)
  t.equal(mode & 0o777, 0o660)
  await looked()
  await presence.open()
  t.equal((await stat(path)).ino, ino)
})

t.test('deleted, it comes back, and at no moment does it look like a death', async t => {
  const { path, back, directory, looked } = await opened(t)
  for (let time = 0; time < 20; time += 1) {
    await unlink(path)
    t.notOk((await back()).has('ECONNREFUSED'))
  }
  t.equal((await stat(path)).mode & 0o777, 0o660)
  await looked()
  t.same(await readdir(directory), [name], 'nothing else is left')
})

t.test('where its directory goes it comes back with it', async t => {
  const { path, back, directory, looked } = await opened(t)
  await rm(directory, { recursive: true })
  await looked()
  t.equal(await knock(path), 'ENOENT', 'it makes no directory: that is for its owner')
  await mkdir(directory)
  await chmod(directory, 0o700)
  t.notOk((await back()).has('ECONNREFUSED'))
})

t.test('a directory that is moved away and replaced is no place to be found', async t => {
  const { back, directory } = await opened(t)
  await rename(directory, `${directory}-old`)
  await mkdir(directory)
  t.notOk((await back()).has('ECONNREFUSED'))
})

t.test('a directory that was away for a while comes back with a socket that accepts', async t => {
  const { path, back, directory, looked } = await opened(t)
  await rename(directory, `${directory}-away`)
  await looked()
  t.equal(await knock(path), 'ENOENT')
  await rename(`${directory}-away`, directory)
  t.same([...(await back())], [], 'a refusal would be a death')
})

t.test('closed, it is gone for good, restored or not', async t => {
  for (const isRestored of [false, true]) {
    const { path, back, presence, directory } = await opened(t)
    if (isRestored) {
      await unlink(path)
      await back()
    }
    presence.close()
    t.same(await readdir(directory), [])
    presence.close()
    await presence.open()
    t.equal(await knock(path), 'connect', 'and may be opened anew')
  }
})
