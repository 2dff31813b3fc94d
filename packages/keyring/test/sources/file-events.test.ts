import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { document, follow, put, scratch } from './file-support.ts'

/** No poll comes to help: what is seen is seen by an event. */
const byEventsAlone = { pollMs: 3_600_000 }

t.test('a kubelet’s swaps are seen one after the other', async t => {
  const directory = await scratch(t)
  const swap = async (version: number) => {
    const before = (await readdir(directory)).filter(name => name.startsWith('..2'))
    const name = `..2026_01_01_00_00_0${version}.1`
    await mkdir(join(directory, name))
    await writeFile(join(directory, name, 'keyset.json'), document(version))
    await symlink(name, join(directory, '..data_tmp'))
    await rename(join(directory, '..data_tmp'), join(directory, '..data'))
    for (const old of before) await rm(join(directory, old), { recursive: true })
  }
  await swap(1)
  await symlink('..data/keyset.json', join(directory, 'keyset.json'))
  const { until } = follow(t, directory, byEventsAlone)
  for (const version of [1, 2, 3, 4, 5]) {
    if (version > 1) await swap(version)
    await until(held => held.version === version)
  }
  t.pass('five swaps')
})

t.test('renames, overwrites and returns are seen one after the other', async t => {
  const directory = await scratch(t)
  const file = join(directory, 'keyset.json')
  await writeFile(file, document(1))
  const { until, ring } = follow(t, directory, byEventsAlone)
  await until(({ version }) => version === 1)
  await put(directory, 'keyset.json', document(2))
  await until(({ version }) => version === 2)
  await writeFile(file, document(3))
  await until(({ version }) => version === 3)
  await rm(file)
  await writeFile(file, document(4).slice(0, 40))
  await writeFile(file, document(4))
  await until(({ version }) => version === 4)
  await rm(file)
  await put(directory, 'keyset.json', document(5))
  await until(({ version }) => version === 5)
  t.equal(ring.current?.version, 5)
})

t.test('a file that is written slowly is read when it is whole', async t => {
  const directory = await scratch(t)
  const file = join(directory, 'keyset.json')
  await writeFile(file, document(1))
  const { until, ring, source } = follow(t, directory, byEventsAlone)
  await until(({ version }) => version === 1)
  const text = document(2)
  for (let end = 50; end < text.length; end += 50) {
    await writeFile(file, text.slice(0, end))
    await source.refresh('requested', AbortSignal.timeout(5_000)).catch(() => undefined)
    t.equal(ring.current?.version, 1, `${end} bytes`)
  }
  await writeFile(file, text)
  await until(({ version }) => version === 2)
})

t.test('two key files that change one by one are taken as they come', async t => {
  const directory = await scratch(t)
  const { newKey } = await import('../support.ts')
  const [primary, secondary] = [newKey(), newKey()]
  await put(directory, 'primary', newKey())
  await put(directory, 'secondary', newKey())
  const { until } = follow(t, directory, byEventsAlone)
  await until(() => true)
  await put(directory, 'primary', primary)
  await until(({ keys }) => keys.primary.reveal() === primary)
  await writeFile(join(directory, 'secondary'), `${secondary}\n`)
  await until(({ keys }) => keys.secondary.reveal() === secondary)
})

t.test('a directory that is replaced as a whole is found again', async t => {
  const parent = await scratch(t)
  const directory = join(parent, 'keys')
  await mkdir(directory)
  await put(directory, 'keyset.json', document(1))
  const { until } = follow(t, directory, byEventsAlone)
  await until(({ version }) => version === 1)
  for (const version of [2, 30, 400]) {
    await rm(directory, { recursive: true })
    await mkdir(directory)
    await put(directory, 'keyset.json', document(version))
    await until(held => held.version === version)
    // What is seen once may be the event of the disappearance.
    await put(directory, 'keyset.json', document(version * 10))
    await until(held => held.version === version * 10)
    await put(directory, 'keyset.json', document(version * 10 + 1))
    await until(held => held.version === version * 10 + 1)
  }
})
