import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FilesOptions, files, type LiveKeyset, Ring } from '@keyturn/keyring'
import { account, newKey } from '../support.ts'

interface Test {
  teardown(clean: () => unknown): unknown
}

export const scratch = async (t: Test): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'kt-files-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export const keys = { primary: newKey(), secondary: newKey() }
export const document = (version: number): string =>
  JSON.stringify({
    schema: 'keyturn/v1',
    account,
    endpoint: 'https://x.documents.azure.com/',
    pair: 'readWrite',
    installation: 'i-1',
    version,
    active: 'primary',
    fenced: [],
    keys,
  })

export const follow = (t: Test, directory: string, options: Partial<FilesOptions> = {}) => {
  const source = files({ directory, ...options })
  const ring = new Ring({ source })
  const until = (fits: (keyset: LiveKeyset) => boolean): Promise<LiveKeyset> =>
    new Promise(resolve => {
      // The source itself keeps no process alive, and so no test.
      const hold = setInterval(() => undefined, 60_000)
      t.teardown(() => clearInterval(hold))
      const look = () => {
        if (ring.current !== null && fits(ring.current)) resolve(ring.current)
      }
      ring.follow(look)
      look()
    })
  ring.start()
  t.teardown(() => source.stop())
  return { source, ring, until }
}

export const put = async (directory: string, name: string, text: string): Promise<void> => {
  await writeFile(join(directory, `${name}.new`), text)
  await rename(join(directory, `${name}.new`), join(directory, name))
}
