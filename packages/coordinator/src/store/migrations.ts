/** One step of a journal file's schema; steps are added at the end and never changed. */
export interface Migration {
  readonly name: string
  readonly statements: string
}

const appendOnly = `
  CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER journal_is_never_cut BEFORE DELETE ON journal
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;`

/**
 * ARM ids are one however they are spelled. Of two journals that one account has by two spellings
 * the one that was written last goes on; the other is kept by a name that nobody asks for.
 */
const oneSpelling = `
  DROP TRIGGER journal_is_never_changed;
  CREATE TEMP TABLE spelling AS
    SELECT account, row_number() OVER (
      PARTITION BY lower(account) ORDER BY max(wall_time) DESC, max(revision) DESC
    ) AS place FROM journal GROUP BY account;
  UPDATE journal SET account = account || ' before ' || (
      SELECT max(wall_time) FROM journal AS newest WHERE lower(newest.account) = lower(journal.account)
    ) WHERE account IN (SELECT account FROM spelling WHERE place > 1);
  UPDATE journal SET account = lower(account)
    WHERE account IN (SELECT account FROM spelling WHERE place = 1);
  DROP TABLE spelling;
  CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
  INSERT INTO members SELECT lower(account), name, incarnation, sequence, row FROM members
    WHERE account <> lower(account)
    ON CONFLICT (account, name, incarnation)
    DO UPDATE SET sequence = excluded.sequence, row = excluded.row
    WHERE excluded.sequence >= members.sequence;
  DELETE FROM members WHERE account <> lower(account);
  INSERT INTO fleet_revision SELECT lower(account), revision FROM fleet_revision
    WHERE account <> lower(account)
    ON CONFLICT (account) DO UPDATE SET revision = revision + excluded.revision;
  DELETE FROM fleet_revision WHERE account <> lower(account);
  INSERT INTO observed_time SELECT lower(account), observed, wall FROM observed_time
    WHERE account <> lower(account)
    ON CONFLICT (account) DO UPDATE SET
      observed = max(observed, excluded.observed), wall = max(wall, excluded.wall);
  DELETE FROM observed_time WHERE account <> lower(account);`

export const migrations: readonly Migration[] = [
  {
    name: 'journal, fleet and observed time',
    statements: `
      CREATE TABLE leader (epoch INTEGER NOT NULL);
      INSERT INTO leader (epoch) VALUES (0);
      CREATE TABLE journal (
        account TEXT NOT NULL, revision INTEGER NOT NULL, epoch INTEGER NOT NULL,
        at INTEGER NOT NULL, wall_time TEXT NOT NULL, event TEXT NOT NULL,
        PRIMARY KEY (account, revision)
      ) STRICT, WITHOUT ROWID;
      ${appendOnly}
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
  },
  {
    name: 'the table of applied migrations',
    statements: `
      CREATE TABLE migrations (
        version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT
      ) STRICT;`,
  },
  { name: 'one spelling of an account', statements: oneSpelling },
  {
    name: 'snapshots of the fold',
    statements: `
      CREATE TABLE snapshots (
        account TEXT PRIMARY KEY, revision INTEGER NOT NULL, fold_version INTEGER NOT NULL,
        state TEXT NOT NULL, digest TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    name: 'what was denied',
    statements: `
      CREATE TABLE denials (id INTEGER PRIMARY KEY AUTOINCREMENT, denial TEXT NOT NULL) STRICT;`,
  },
  {
    name: 'who was denied, known or not',
    statements: `
      ALTER TABLE denials ADD COLUMN known INTEGER
        GENERATED ALWAYS AS (json_extract(denial, '$.asked') IS NOT NULL) VIRTUAL;
      CREATE INDEX denials_by_known ON denials (known, id);`,
  },
]
