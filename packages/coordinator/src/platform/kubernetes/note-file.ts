import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { inShort } from '../../azure/azure-error.ts'
import { type NoteStore, noNotes, parseNotes, printNotes } from './notes.ts'

/** Notes in one file, whole or not at all: versions never run ahead of the ends that were seen. */
export const noteFile = (path: string, log: Logger): NoteStore => ({
  async load() {
    try {
      return parseNotes(await readFile(path, 'utf8'))
    } catch (error) {
      const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!isAbsent) log.warn({ event: 'platform-notes-unreadable', reason: inShort(error) })
      return noNotes
    }
  },
  async save(notes) {
    const draft = `${path}.new`
    await writeFile(draft, printNotes(notes), { mode: 0o600 })
    await rename(draft, path)
  },
})
