import type { Scene, Strike, Strikes } from './scene.ts'

const everywhere =
  (strike: (scene: Scene) => void): Strike =>
  scene => {
    strike(scene)
    return 'Azure'
  }

export const azure: Strikes = {
  'arm-down': everywhere(({ world, until }) => {
    world.weather.armDownUntil = until
  }),
  'arm-throttled': everywhere(({ world, until }) => {
    world.weather.armThrottledUntil = until
  }),
  'arm-forgets': everywhere(({ world, until }) => {
    world.weather.armForgetsUntil = until
  }),
  'post-answer-lost': everywhere(({ world }) => void world.weather.mail.push('answer-lost')),
  'post-never-sent': everywhere(({ world }) => void world.weather.mail.push('never-sent')),
  'post-late': everywhere(({ world }) => void world.weather.mail.push('late')),
  'post-500-after-effect': everywhere(
    ({ world }) => void world.weather.mail.push('error-after-effect'),
  ),
  'operation-fails': everywhere(({ world, chance, after }) => {
    const { mood } = world.account
    mood.fails = true
    mood.failsWithEffect = chance.is(0.2)
    after(() => {
      mood.fails = false
    })
  }),
  'operation-slow': everywhere(({ world, chance, after }) => {
    const { mood } = world.account
    const usual = world.settings.regenerationMs
    mood.regenerationMs = usual + chance.pick([60_000, 300_000])
    after(() => {
      mood.regenerationMs = usual
    })
  }),
  'vault-down': everywhere(({ world, until }) => {
    world.weather.vaultDownUntil = until
  }),
  'vault-write-lost': everywhere(({ world }) => void world.weather.writes.push('lost')),
  'vault-write-answer-lost': everywhere(
    ({ world }) => void world.weather.writes.push('answer-lost'),
  ),
  'vault-write-late': everywhere(({ world }) => void world.weather.writes.push('late')),
  'region-flaps': ({ world, chance, until }) => {
    const { account, timeline } = world
    const slot = chance.pick(['primary', 'secondary'] as const)
    const region = chance.pick(account.regions)
    account.hasFlapped = true
    account.current[slot].flaps.push({ region: region.name, from: timeline.now, until })
    return `${region.name} with the ${slot} key`
  },
  'container-made-anew': ({ world, chance, until }) => {
    const region = chance.pick(world.account.regions)
    region.containerAnewUntil = until
    return region.name
  },
  'region-down': ({ world, chance, until }) => {
    const region = chance.pick(world.account.regions)
    region.downUntil = until
    return region.name
  },
}
