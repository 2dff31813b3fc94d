import { hunt } from './hunt.ts'

/** In a process of its own: `places,by,commas statesMax seedsMax`, over whatever core it is given. */
const [places = '', statesMax = '0', seedsMax = '0'] = process.argv.slice(2)
Error.stackTraceLimit = 0
const bounds = { statesMax: Number(statesMax), seedsMax: Number(seedsMax) }
const caught = await hunt(places.split(','), bounds)
process.stdout.write(`${JSON.stringify(caught)}\n`)
