import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncDirectory } from '../sync-directory.ts'

export interface Place {
  readonly path: string
  readonly mode: number
  readonly owner: { readonly uid: number; readonly gid: number } | null
}

/**
 * Replaces a file whole: whoever opens it reads the old text or the new one, under its mode and
 * owner from the first byte on. Where that fails, the old file stays as it was.
 */
export const replaceFile = async (place: Place, text: string): Promise<void> => {
  const { path } = place
  const directory = dirname(path)
  const unfinished = join(directory, `.${basename(path)}.keyturn`)
  // What a killed sidecar left behind; a link that somebody put there is not followed either.
  await unlink(unfinished).catch(() => undefined)
  try {
    await writeNew(unfinished, place, text)
    await rename(unfinished, path)
  } catch (error) {
    await unlink(unfinished).catch(() => undefined)
    throw error
  }
  await syncDirectory(directory)
}

const writeNew = async (path: string, { mode, owner }: Place, text: string): Promise<void> => {
  const file = await open(path, 'wx', 0o600)
  try {
    // While it is still empty: whom it becomes readable for is settled before there is a key in it.
    await settle(file, { mode, owner })
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

const settle = async (file: FileHandle, { mode, owner }: Omit<Place, 'path'>): Promise<void> => {
  if (owner !== null) await file.chown(owner.uid, owner.gid)
  await file.chmod(mode)
}
