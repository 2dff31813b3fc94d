import type { Command } from 'commander'
import type { Done, Host } from './host.ts'

/** The program with every command loaded, for the one that speaks of them all. */
export type Whole = () => Promise<Command>

/** A command as it is listed; what it needs is loaded only once it is asked for. */
export interface Entry {
  readonly name: string
  readonly does: string
  readonly load: (host: Host, done: Done, whole: Whole) => Promise<Command>
}

export interface Group {
  readonly heading: string
  readonly entries: readonly Entry[]
}

const verb = (name: string, does: string): Entry => ({
  name,
  does,
  load: async (host, done) => (await import('./commands/verbs.ts')).verbCommand(host, name, done),
})

/** Every command, in the order of the help, by what somebody comes for. */
export const catalogue: readonly Group[] = [
  {
    heading: 'Try it:',
    entries: [
      {
        name: 'demo',
        does: 'turn both keys of an account under load, with an Azure of its own',
        load: async (host, done) => (await import('./commands/demo.ts')).demoCommand(host, done),
      },
      {
        name: 'azure-sim',
        does: 'an Azure for tests on loopback: Cosmos DB, ARM, Key Vault and Entra over TLS',
        load: async host => (await import('./commands/azure-sim.ts')).azureSimCommand(host),
      },
    ],
  },
  {
    heading: 'Run it:',
    entries: [
      {
        name: 'sidecar',
        does: 'beside an application: bring new keys in, report which are in use',
        load: async host => (await import('./commands/sidecar.ts')).sidecarCommand(host),
      },
      {
        name: 'coordinator',
        does: 'turn keys: regenerate one only once every sidecar has proven it idle',
        load: async host => (await import('./commands/coordinator.ts')).coordinatorCommand(host),
      },
    ],
  },
  {
    heading: 'Turn keys:',
    entries: [
      {
        name: 'init',
        does: 'adopt the account: write its first keyset to Key Vault, change no key',
        load: async host => (await import('./commands/init.ts')).initCommand(host),
      },
      {
        name: 'plan',
        does: 'what a rotation would do, what would hold it now, and how long it takes',
        load: async host => (await import('./commands/plan.ts')).planCommand(host),
      },
      verb('rotate', 'turn both keys of the account, or one of them'),
      verb('approve', 'give your word for a phase that the policy holds until somebody does'),
      verb('pause', 'begin nothing new until resumed'),
      verb('resume', 'go on where the rotation was paused'),
      verb('abort', 'go back to the key that was active'),
      verb('evict', 'take a member that is known to be dead out of the fleet'),
      verb('waive', 'take one blocker upon yourself, for the key that is about to go'),
      verb('acknowledge', 'say that a declared consumer uses the key no more that is to go'),
      {
        name: 'retire',
        does: 'end key authentication, once it is proven that nobody uses any key',
        load: async host => (await import('./commands/retire.ts')).retireCommand(host),
      },
    ],
  },
  {
    heading: 'See how it stands:',
    entries: [
      {
        name: 'watch',
        does: 'follow the running rotation to its end, live',
        load: async (host, done) => (await import('./commands/watch.ts')).watchCommand(host, done),
      },
      {
        name: 'status',
        does: 'which key signs, who still uses which, and what a rotation waits for',
        load: async host => (await import('./commands/status.ts')).statusCommand(host),
      },
      {
        name: 'fleet',
        does: 'the members, those in trouble first: what they hold, sign with and let go of',
        load: async host => (await import('./commands/fleet.ts')).fleetCommand(host),
      },
      {
        name: 'history',
        does: 'the journal: what happened, when, by whose word',
        load: async host => (await import('./commands/history.ts')).historyCommand(host),
      },
    ],
  },
  {
    heading: 'Set it up:',
    entries: [
      {
        name: 'doctor',
        does: 'check rights, locks, network, clocks, keys and members before the first rotation',
        load: async (host, done) =>
          (await import('./commands/doctor.ts')).doctorCommand(host, done),
      },
      {
        name: 'publish',
        does: 'repair a vault without a coordinator: write the keys that Azure shows',
        load: async host => (await import('./commands/publish.ts')).publishCommand(host),
      },
      {
        name: 'config',
        does: 'every setting, its value, and where that came from',
        load: async host => (await import('./commands/config.ts')).configCommand(host),
      },
      {
        name: 'completion',
        does: 'a script that completes commands and options in bash, zsh or fish',
        load: async (host, _done, whole) =>
          (await import('./commands/completion.ts')).completionCommand(host, whole),
      },
    ],
  },
]

export const entries: readonly Entry[] = catalogue.flatMap(group => group.entries)
