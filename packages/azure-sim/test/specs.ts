import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')
const folder = process.env['AZURE_SPECS'] ?? join(root, '../shared/azure-specs')

/** Microsoft's published files, read where they lie; tests that need them say so where they are absent. */
export const azureSpec = {
  folder,
  skip: existsSync(folder) ? false : 'Azure’s published files are not here; set AZURE_SPECS.',
  read: async (path: string): Promise<unknown> =>
    // Some of the files start with a byte-order mark.
    JSON.parse((await readFile(join(folder, path), 'utf8')).replace(/^\uFEFF/, '')),
}
