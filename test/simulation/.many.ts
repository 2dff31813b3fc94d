import { simulate } from './simulation.ts'
const from = Number(process.argv[2] ?? 1), count = Number(process.argv[3] ?? 20)
const change = process.argv[4] ? JSON.parse(process.argv[4]) : {}
const cpu = process.cpuUsage(); let members = 0, events = 0, virtual = 0
const faults: Record<string, number> = {}
const ends: Record<string, number> = {}
const fails: Record<string, number> = {}
const bad: string[] = []
const slow: [number, number, number, number][] = []
for (let seed = from; seed < from + count; seed += 1) {
  const began = performance.now()
  const r = await simulate({ seed, change })
  slow.push([Math.round(performance.now() - began), seed, r.members, r.events])
  members += r.members; events += r.events; virtual += r.virtualMs
  for (const [k, n] of Object.entries(r.faults)) faults[k] = (faults[k] ?? 0) + n
  for (const [k, n] of Object.entries(r.failed)) fails[k] = (fails[k] ?? 0) + n
  ends[r.ended ?? 'none'] = (ends[r.ended ?? 'none'] ?? 0) + 1
  if (r.violations.length) bad.push(`${seed} (${r.members}): ${r.violations[0]} (+${r.violations.length - 1})`)
  if (r.unfinished) bad.push(`${seed} (${r.members}): UNFINISHED ${r.unfinished}`)
}
const used = process.cpuUsage(cpu)
console.log(bad.join('\n'))
console.log({ bad: bad.length, msPerSeed: Math.round((used.user + used.system) / 1000 / count), meanMembers: members / count, events, virtualHours: virtual / 3.6e6, ends, fails })
console.log(JSON.stringify(faults))
console.log('slowest', slow.sort((a, b) => b[0] - a[0]).slice(0, 5))
