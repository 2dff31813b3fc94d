import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Volume } from '@keyturn/keyring'
import t from 'tap'
import { account, newKey } from '../support.ts'
import { document, follow, keys, put, scratch } from './file-support.ts'

t.test('a keyset file is followed through atomic renames and plain overwrites', async t => {
  const directory = await scratch(t)
  await put(directory, 'keyset.json', document(1))
  const { until } = follow(t, directory)
  await until(({ version }) => version === 1)
  await put(directory, 'keyset.json', document(2))
  await until(({ version }) => version === 2)
  await writeFile(join(directory, 'keyset.json'), document(3))
  await until(({ version }) => version === 3)
})

t.test('a mounted volume that swaps its ..data link is followed', async t => {
  const directory = await scratch(t)
  const mount = async (name: string, version: number) => {
    await mkdir(join(directory, name))
    await writeFile(join(directory, name, 'keyset.json'), document(version))
    await symlink(name, join(directory, '..data.tmp'))
    await rename(join(directory, '..data.tmp'), join(directory, '..data'))
  }
  await mount('..one', 1)
  await symlink('..data/keyset.json', join(directory, 'keyset.json'))
  const { until } = follow(t, directory)
  await until(({ version }) => version === 1)
  await mount('..two', 2)
  await until(({ version }) => version === 2)
})

t.test('two key files are a keyset without version and fences', async t => {
  const directory = await scratch(t)
  await put(directory, 'primary', `${keys.primary}\n`)
  await put(directory, 'secondary', keys.secondary)
  const { until, source } = follow(t, directory, { account, endpoint: 'https://x/' })
  const first = await until(() => true)
  t.match(first, { version: 0, active: 'primary', fenced: [], account })
  await put(directory, 'active', 'secondary\n')
  await until(({ active }) => active === 'secondary')
  t.equal(source.stalenessMsMax, 120_000)
})

t.test('keys of two times are never taken for one keyset', async t => {
  const before = { primary: newKey(), secondary: newKey() }
  const after = { primary: newKey(), secondary: newKey() }
  const torn = { primary: after.primary, secondary: before.secondary }
  const looks = [before, before, torn, after, after, after]
  const volume: Volume = {
    read: async () => Object.entries(looks.length > 1 ? (looks.shift() ?? after) : after),
    watch: async () => async () => undefined,
  }
  const { ring, until, source } = follow(t, '/none', { volume, pollMs: 3_600_000 })
  const first = await until(() => true)
  t.equal(first.keys.primary.reveal(), before.primary)
  const held: string[] = []
  ring.follow(() => held.push(ring.current?.keys.secondary.reveal() ?? ''))
  await t.rejects(source.refresh('requested', AbortSignal.timeout(5_000)))
  t.match(source.status().lastError, /were changing while they were read/)
  await until(({ keys }) => keys.primary.reveal() === after.primary)
  t.same(held, [after.secondary])
})

t.test(
  'a mount’s files are read where its link points, before their own links are there',
  async t => {
    const directory = await scratch(t)
    await mkdir(join(directory, '..one'))
    await writeFile(join(directory, '..one', 'keyset.json'), document(1))
    await symlink('..one', join(directory, '..data'))
    const { until } = follow(t, directory)
    await until(({ version }) => version === 1)
  },
)

t.test('files that are missing, half written or wrong change nothing and are named', async t => {
  const directory = await scratch(t)
  const { until, source, ring } = follow(t, directory)
  const failing = async (): Promise<string> => {
    const signal = AbortSignal.timeout(5_000)
    await t.rejects(source.refresh('requested', signal))
    return source.status().lastError ?? ''
  }
  t.match(await failing(), /neither keyset\.json nor primary is there/)
  await put(directory, 'keyset.json', document(1))
  await until(({ version }) => version === 1)
  await put(directory, 'keyset.json', document(2).slice(0, -20))
  t.match(await failing(), /not JSON/)
  await rm(join(directory, 'keyset.json'))
  const secret = newKey()
  await put(directory, 'primary', secret)
  await put(directory, 'secondary', secret.slice(1))
  const told = await failing()
  t.match(told, /secondary is not an account key/)
  t.notMatch(told, secret.slice(1))
  t.equal(ring.current?.version, 1)
  await put(directory, 'keyset.json', document(2))
  await until(({ version }) => version === 2)
})

t.test('a directory that comes later is found by the poll', async t => {
  const directory = join(await scratch(t), 'later')
  const { until } = follow(t, directory, { pollMs: 20 })
  await mkdir(directory)
  await put(directory, 'keyset.json', document(1))
  await until(({ version }) => version === 1)
})
