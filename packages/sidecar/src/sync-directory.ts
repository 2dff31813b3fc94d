import { open } from 'node:fs/promises'

/**
 * A rename itself is durable only once its directory is. Windows syncs no directories, and its
 * file system journals renames by itself.
 */
export const syncDirectory = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
