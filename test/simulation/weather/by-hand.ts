import { type Slot, slots } from '@keyturn/core'
import type { World } from '../world.ts'
import type { Strikes } from './scene.ts'

const edited = (world: World, change: (document: Record<string, unknown>) => void): string => {
  const { vault, timeline, checker } = world
  const { latest } = vault
  if (latest === null) return 'nobody'
  const document = JSON.parse(latest.text)
  change(document)
  checker.hand()
  vault.write(JSON.stringify(document), 'human', timeline.now)
  world.onVaultWritten()
  return `version ${latest.document?.version}`
}

const otherOf = (slot: unknown): Slot => (slot === 'primary' ? 'secondary' : 'primary')

export const humans: Strikes = {
  'portal-regenerates': ({ world, chance }) => {
    const slot = chance.pick(['primary', 'secondary'] as const)
    return world.account.regenerate(slot, 'human') ? slot : null
  },
  'vault-edited': ({ world }) =>
    edited(world, document => {
      document['active'] = otherOf(document['active'])
      document['fenced'] = []
    }),
  'vault-defaced': ({ world }) =>
    edited(world, document => {
      document['schema'] = 'nonsense'
    }),
  'vault-taken-over': ({ world }) =>
    edited(world, document => {
      document['installation'] = 'somebody-else'
      document['version'] = Number(document['version']) + 1
    }),
  'vault-deleted': ({ world }) => {
    world.checker.hand()
    world.vault.delete()
    return 'the secret'
  },
  'vault-set-back': ({ world, chance }) => {
    const earlier = chance.maybe(world.vault.versions.filter(({ document }) => document !== null))
    if (earlier === undefined) return null
    world.checker.hand()
    world.vault.write(earlier.text, 'human', world.timeline.now)
    world.onVaultWritten()
    return `to version ${earlier.document?.version}`
  },
}

export const verbs: Strikes = {
  pause: ({ operator }) => {
    void operator.steer('pause')
    return 'the rotation'
  },
  resume: ({ operator }) => {
    void operator.steer('resume')
    return 'the rotation'
  },
  abort: ({ operator }) => {
    void operator.steer('abort')
    return 'the rotation'
  },
  'key-leaked': ({ operator, chance }) => {
    const slot = chance.pick(slots)
    void operator.declareLeaked(slot)
    return `the ${slot} key`
  },
}
