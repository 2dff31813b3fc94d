import type { DatabaseSync } from 'node:sqlite'

/** One statement list per schema version; a file is brought forward, never backward. */
const migrations: readonly string[] = [
  `CREATE TABLE leader (epoch INTEGER NOT NULL);
   INSERT INTO leader (epoch) VALUES (0);
   CREATE TABLE journal (
     account TEXT NOT NULL, revision INTEGER NOT NULL, epoch INTEGER NOT NULL,
     at INTEGER NOT NULL, wall_time TEXT NOT NULL, event TEXT NOT NULL,
     PRIMARY KEY (account, revision)
   ) STRICT, WITHOUT ROWID;
   CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
     BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
   CREATE TRIGGER journal_is_never_cut BEFORE DELETE ON journal
     BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
   CREATE TABLE members (
     account TEXT NOT NULL, name TEXT NOT NULL, incarnation TEXT NOT NULL,
     sequence INTEGER NOT NULL, row TEXT NOT NULL,
     PRIMARY KEY (account, name, incarnation)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE fleet_revision (
     account TEXT PRIMARY KEY, revision INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE observed_time (
     account TEXT PRIMARY KEY, observed INTEGER NOT NULL, wall INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
]

/** @throws {RangeError} where the file was written by a newer Keyturn. */
export const migrate = (db: DatabaseSync): void => {
  const version = versionOf(db)
  if (version > migrations.length) {
    throw new RangeError(
      `The journal has schema ${version}, this Keyturn knows ${migrations.length}: install the newer one.`,
    )
  }
  for (const [index, statements] of migrations.entries()) {
    if (index < version) continue
    db.exec('BEGIN IMMEDIATE')
    // Two that start at once both saw the old version: whoever waited finds it done.
    if (versionOf(db) === index) db.exec(`${statements} PRAGMA user_version = ${index + 1}`)
    db.exec('COMMIT')
  }
}

const versionOf = (db: DatabaseSync): number =>
  Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
