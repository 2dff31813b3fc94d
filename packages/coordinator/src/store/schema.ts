import type { DatabaseSync } from 'node:sqlite'
import { migrations } from './migrations.ts'

/** The file was written by a newer Keyturn: nothing was changed in it. */
export class JournalTooNew extends Error {
  readonly code = 'JOURNAL_TOO_NEW'
  override readonly name = 'JournalTooNew'

  constructor(version: number) {
    super(
      `The journal has schema ${version}, this Keyturn knows ${migrations.length}: install the newer one.`,
    )
  }
}

/**
 * Brings a file forward, step by step, never backward. Whatever a step does is there whole or not
 * at all, and the table `migrations` says when it was done (before it existed: not known).
 * @throws {JournalTooNew}
 */
export const migrate = (db: DatabaseSync, wallNow: () => number): void => {
  const version = versionOf(db)
  if (version > migrations.length) throw new JournalTooNew(version)
  for (const index of migrations.keys()) {
    if (index >= version) step(db, index, wallNow)
  }
}

const step = (db: DatabaseSync, index: number, wallNow: () => number): void => {
  db.exec('BEGIN IMMEDIATE')
  try {
    // Two that start at once both saw the old version: whoever waited finds it done.
    if (versionOf(db) === index) {
      db.exec(`${migrations[index]?.statements ?? ''}; PRAGMA user_version = ${index + 1}`)
      note(db, index + 1, new Date(wallNow()).toISOString())
    }
    db.exec('COMMIT')
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

const note = (db: DatabaseSync, version: number, at: string): void => {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").get()
  if (!known) return
  const insert = db.prepare(
    'INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  for (const [index, { name }] of migrations.slice(0, version).entries()) {
    insert.run(index + 1, name, index + 1 === version ? at : null)
  }
}

const versionOf = (db: DatabaseSync): number =>
  Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
