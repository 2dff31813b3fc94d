import { spawnSync } from 'node:child_process'
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { mountPoints, refuseSubPath } from '../../src/sources/mounts.ts'
import { document, scratch } from './file-support.ts'

/** What reads a directory once, in a process that has mounts of its own. */
const program = `
  import { files, Ring } from '@keyturn/keyring'
  const source = files({ directory: process.argv[1], pollMs: 3_600_000 })
  const ring = new Ring({ source }).start()
  await source.refresh('requested', AbortSignal.timeout(10_000)).catch(() => undefined)
  console.log(JSON.stringify({ version: ring.current?.version ?? null, ...source.status() }))
`

const mountFlags = process.getuid?.() === 0 ? '--mount' : '--mount --user --map-root-user'

/** Runs the program after some mounts of which this process sees nothing. */
const inMounts = (mounts: string, directory: string) => {
  const { stdout } = spawnSync(
    'unshare',
    [...mountFlags.split(' '), 'sh', '-c', `${mounts} && exec "$0" "$@"`, process.execPath].concat([
      '--conditions=keyturn-source',
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      program,
      directory,
    ]),
    { cwd: import.meta.dirname, encoding: 'utf8', timeout: 30_000 },
  )
  return JSON.parse(stdout)
}

const mayMount =
  process.platform === 'linux' &&
  spawnSync('unshare', [...mountFlags.split(' '), 'true']).status === 0
const skip = mayMount ? false : 'this machine grants no mount namespace of our own'

t.test('a single mounted file is refused, and the sentence says why', { skip }, async t => {
  const directory = await scratch(t)
  await writeFile(join(directory, 'elsewhere'), document(1))
  await mkdir(join(directory, 'keys'))
  await writeFile(join(directory, 'keys', 'keyset.json'), '')
  const keys = join(directory, 'keys')
  const found = inMounts(`mount --bind ${directory}/elsewhere ${keys}/keyset.json`, keys)
  t.equal(found.version, null)
  t.match(found.lastError, /keyset\.json is mounted as a single file \(subPath.*never updates/)
  t.match(found.lastError, /Mount the whole volume as a directory/)
})

t.test('a volume that is mounted as a directory is read', { skip }, async t => {
  const directory = await scratch(t)
  await mkdir(join(directory, 'volume', '..one'), { recursive: true })
  await writeFile(join(directory, 'volume', '..one', 'keyset.json'), document(1))
  await symlink('..one', join(directory, 'volume', '..data'))
  await symlink('..data/keyset.json', join(directory, 'volume', 'keyset.json'))
  await mkdir(join(directory, 'keys'))
  const keys = join(directory, 'keys')
  const found = inMounts(`mount --bind ${directory}/volume ${keys}`, keys)
  t.match(found, { version: 1, lastError: null })
})

t.test('a mount point is known by the kernel’s own words', async t => {
  const directory = await scratch(t)
  const file = join(directory, 'a key')
  await writeFile(file, '')
  const mountinfo = join(directory, 'mountinfo')
  const line = (path: string) => `63 43 254:0 /a ${path} rw,relatime - ext4 /dev/vda rw\n`
  await writeFile(mountinfo, line('/elsewhere') + line(file.replaceAll(' ', '\\040')))
  await t.rejects(refuseSubPath(file, 'keyset.json', mountinfo), { code: 'FILE_NEVER_UPDATES' })
  await symlink(file, join(directory, 'link'))
  await t.rejects(refuseSubPath(join(directory, 'link'), 'keyset.json', mountinfo))
  await writeFile(`${mountinfo}.new`, line('/elsewhere'))
  await rename(`${mountinfo}.new`, mountinfo)
  await refuseSubPath(file, 'keyset.json', mountinfo)
  await refuseSubPath(file, 'keyset.json', join(directory, 'not there'))
  t.same([...mountPoints('garbage\n\n1 2 3')], [])
})
