import { Command } from 'commander'
import { type Host, say } from '../host.ts'
import { usualFile } from '../settings/file.ts'
import { originsOf, withSettings } from '../settings/options.ts'
import { saySettings } from '../settings/shown.ts'

export const configCommand = (host: Host): Command => {
  const command = withSettings(new Command('config')).option('--json', 'print JSON')
  return command
    .addHelpText(
      'after',
      '\nExample:\n  keyturn config\n  KEYTURN_ACCOUNT=orders keyturn config --json',
    )
    .action(({ json }: { json?: boolean }) => {
      const usual = usualFile(host.env)
      saySettings(host, originsOf(command, host), json, { usualFile: usual })
      if (json) return
      if (usual !== null) say(host, `\nThe file is ${usual} where none is named.`)
      say(host, '\nkeyturn sidecar and keyturn coordinator say theirs with --show-config.')
    })
}
