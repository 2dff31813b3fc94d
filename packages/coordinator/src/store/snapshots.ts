import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Snapshot } from '../ports.ts'

const digestOf = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex')

/** Inside the transaction of the append that it is the state after: the two never differ. */
export const writeSnapshot = (db: DatabaseSync, account: string, snapshot: Snapshot): void => {
  const { revision, foldVersion, state } = snapshot
  db.prepare(
    `INSERT INTO snapshots (account, revision, fold_version, state, digest) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (account) DO UPDATE SET revision = excluded.revision,
       fold_version = excluded.fold_version, state = excluded.state, digest = excluded.digest`,
  ).run(account, revision, foldVersion, state, digestOf(account, revision, foldVersion, state))
}

/** `null` where there is none, or it is not what was written, or its journal ends before it. */
export const readSnapshot = (db: DatabaseSync, account: string): Snapshot | null => {
  const row = db
    .prepare(
      `SELECT revision, fold_version, state, digest FROM snapshots WHERE account = ?
       AND revision <= (SELECT max(revision) FROM journal WHERE account = snapshots.account)`,
    )
    .get(account)
  if (!row) return null
  const [revision, foldVersion] = [Number(row['revision']), Number(row['fold_version'])]
  const state = String(row['state'])
  return row['digest'] === digestOf(account, revision, foldVersion, state)
    ? { revision, foldVersion, state }
    : null
}
