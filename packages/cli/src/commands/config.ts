import { Command } from 'commander'
import { type Host, say } from '../host.ts'
import { usualFile } from '../settings/file.ts'
import { type Origin, originsOf, withSettings } from '../settings/options.ts'
import { table } from '../view/table.ts'

export const configCommand = (host: Host): Command => {
  const command = withSettings(new Command('config')).option('--json', 'print JSON')
  return command
    .addHelpText(
      'after',
      '\nExample:\n  keyturn config\n  KEYTURN_ACCOUNT=orders keyturn config --json',
    )
    .action(({ json }: { json?: boolean }) => {
      const origins = originsOf(command, host)
      if (json) say(host, JSON.stringify({ settings: origins, usualFile: usualFile(host.env) }))
      else printSettings(host, origins)
    })
}

const printSettings = (host: Host, origins: readonly Origin[]): void => {
  const rows = origins.map(({ name, value, from }) => [name, value ?? '–', from ?? 'not set'])
  for (const line of table(['setting', 'value', 'from'], rows)) say(host, line)
  const usual = usualFile(host.env)
  if (usual !== null) say(host, `\nThe file is ${usual} where none is named.`)
}
