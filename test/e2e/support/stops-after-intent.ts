import { DatabaseSync } from 'node:sqlite'

/**
 * Loaded into a coordinator's process before anything else: it stops itself (SIGSTOP) once, right
 * after its first intent to regenerate is on the disk, and before it does anything about it.
 */
const { prepare, exec } = DatabaseSync.prototype
let isIntent = false

DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string) {
  const statement = prepare.call(this, sql)
  if (!sql.startsWith('INSERT INTO journal')) return statement
  const run = statement.run.bind(statement)
  Object.assign(statement, {
    run: (...values: Parameters<typeof run>) => {
      const text = String(values.at(-1))
      isIntent ||= text.includes('"regenerate-intended"') && text.includes('"attempt":1')
      return run(...values)
    },
  })
  return statement
}

DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  exec.call(this, sql)
  if (sql !== 'COMMIT' || !isIntent) return
  isIntent = false
  process.kill(process.pid, 'SIGSTOP')
}
