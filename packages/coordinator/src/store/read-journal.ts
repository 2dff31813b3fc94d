import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type AccountRecord, emptyRecord, fold, type JournalEvent } from '@keyturn/core'
import { migrations } from './migrations.ts'
import { JournalTooNew } from './schema.ts'

/**
 * What a journal says of an account, read beside whoever leads, and without taking the lead.
 * `null`: there is no journal here, or nothing of this account in it.
 * @throws {JournalTooNew}
 */
export const readJournal = (dataDirectory: string, key: string): AccountRecord | null => {
  const path = join(dataDirectory, 'journal.sqlite')
  if (!existsSync(path)) return null
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    db.exec('PRAGMA busy_timeout = 5000')
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > migrations.length) throw new JournalTooNew(version)
    const rows = db
      .prepare('SELECT at, event FROM journal WHERE lower(account) = ? ORDER BY revision')
      .all(key.toLowerCase())
    if (rows.length === 0) return null
    return rows.reduce<AccountRecord>(
      (record, row) =>
        fold(record, JSON.parse(String(row['event'])) as JournalEvent, Number(row['at'])),
      emptyRecord,
    )
  } finally {
    db.close()
  }
}
