import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Test {
  teardown(clean: () => unknown): unknown
}

/** A short path of its own: socket names may have a hundred characters. */
export const scratch = async (t: Test): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'kt-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}
