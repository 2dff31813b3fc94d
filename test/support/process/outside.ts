import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder from which no search for a package leads back into the repository. */
export const outsideFolder = (t: { teardown(handler: () => unknown): void }): string => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}
