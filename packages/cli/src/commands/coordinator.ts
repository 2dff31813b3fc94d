import { Command } from 'commander'
import { pino } from 'pino'
import { azureCredential } from '../credential.ts'
import { type Host, untilAskedToEnd } from '../host.ts'
import { readConfiguration, readJson } from '../read-file.ts'
import {
  isToShow,
  leavesOf,
  type ShowOptions,
  saySettings,
  withShowConfig,
} from '../settings/shown.ts'

export const coordinatorCommand = (host: Host): Command =>
  withShowConfig(
    new Command('coordinator').requiredOption(
      '--config <path>',
      'accounts, policies and where to keep the journal (JSON)',
    ),
  )
    .addHelpText(
      'after',
      '\nExample:\n  keyturn coordinator --config /etc/keyturn/coordinator.json\n  keyturn coordinator --config /etc/keyturn/coordinator.json --show-config',
    )
    .action(async ({ config: path, ...show }: { config: string } & ShowOptions) => {
      const isShown = isToShow(show)
      const { Coordinator, coordinatorConfigSchema, wholeConfig } = await import(
        '@keyturn/coordinator'
      )
      const config = readConfiguration(path, coordinatorConfigSchema)
      if (isShown) {
        const settings = leavesOf(wholeConfig(config), readJson(path), path)
        return saySettings(host, settings, show.json)
      }
      const log = pino({ base: { part: 'coordinator' } }, host.stdout)
      const credential = await azureCredential(host.env)
      const coordinator = await new Coordinator({ config, credential, log }).start()
      if (config.access.tokens.are === 'printed') {
        // Not into the log, which is kept.
        for (const [role, token] of Object.entries(coordinator.tokens)) {
          host.stderr.write(`The ${role} token, shown this once: ${token}\n`)
        }
      }
      await untilAskedToEnd(host.signal)
      await coordinator.stop()
    })
