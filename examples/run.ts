// `npm run example -- express`: starts all that an example needs, lets it work, turns both keys
// meanwhile, and says what failed. Exit code 0 only if nothing did.

import { Place } from './stage/place.ts'
import { fleetOf, type Running, type Scene, scenes } from './stage/scenes.ts'

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`)

const play = async (scene: Scene): Promise<number> => {
  say('An Azure and a coordinator start …')
  const place = await Place.open(fleetOf(scene))
  let running: Running | null = null
  try {
    running = await scene.start(place)
    say('The example works. Both keys are turned:')
    await place.turn(say)
    const { operations, failed } = await running.end()
    running = null
    say(`Both keys are new, and the old ones refused. ${operations} operations, ${failed} failed.`)
    return failed === 0 && operations > 0 ? 0 : 1
  } finally {
    running?.kill()
    await place.close()
  }
}

const [name = ''] = process.argv.slice(2)
const scene = Object.hasOwn(scenes, name) ? scenes[name] : undefined
if (scene === undefined) {
  process.stderr.write(`Name an example: ${Object.keys(scenes).join(', ')}.\n`)
  process.exitCode = 2
} else {
  try {
    process.exitCode = await play(scene)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
