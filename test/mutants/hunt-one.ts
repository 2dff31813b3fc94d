import { smokeWorlds, worlds } from '../model/worlds.ts'
import { hunt } from './hunt.ts'

/** In a process of its own: `worlds,by,commas statesMax seedsMax`, over whatever core it is given. */
const [names = '', statesMax = '0', seedsMax = '0'] = process.argv.slice(2)
const specs = names
  .split(',')
  .flatMap(name => [...worlds, ...smokeWorlds].find(world => world.name === name) ?? [])
process.stdout.write(`${JSON.stringify(hunt(specs, Number(statesMax), Number(seedsMax)))}\n`)
