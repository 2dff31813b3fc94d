import { simulate } from './simulation.ts'
const seed = Number(process.argv[2] ?? 1)
const began = performance.now()
const cpu = process.cpuUsage()
const change = process.argv[3] ? JSON.parse(process.argv[3]) : {}
const result = await simulate({ seed, keep: 400, isVerbose: process.argv[4] === 'v', change })
console.log(result.trace.join('\n'))
console.log({ ...result, trace: result.trace.length })
const used = process.cpuUsage(cpu)
console.log(Math.round(performance.now() - began), 'ms', (used.user + used.system) / 1000, 'cpu')
