import { parseArgs } from 'node:util'
import { fuzz, type Tally } from '../test/fuzz/api/fuzz.ts'
import { LeakSearch } from '../test/fuzz/api/leaks.ts'
import { requestsOf } from '../test/fuzz/api/requests.ts'
import { startTarget } from '../test/fuzz/api/target.ts'

/** How long an answer may take on a machine that does other things, too. */
const answerMsMax = 30_000

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const [runs, seed] = [Number(values.runs), Number(values.seed)]
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error('fuzz:api takes --runs and --seed, both whole numbers, and --json.')
  process.exit(2)
}

const target = await startTarget()
const leaks = new LeakSearch()
leaks.learn(target.secrets())
let shownAt = performance.now()
const onBatch = ({ runs: done, serverErrors, hangs, leaks: found }: Tally): void => {
  leaks.learn(target.secrets())
  if (performance.now() - shownAt < 5_000 && done < runs) return
  shownAt = performance.now()
  console.error(`${done} of ${runs}: ${serverErrors} server errors, ${hangs} hangs, ${found} leaks`)
}
const requests = requestsOf(target.description, target.knowledge)
const { url } = target
const tally = await fuzz({ url, requests, runs, seed, leaks, answerMsMax, onBatch })
await target.stop()

const { serverErrors, hangs, leaks: found } = tally
if (!values.json) {
  for (const [answer, count] of [...tally.answers].sort()) {
    console.log(`${String(count).padStart(8)}  ${answer}`)
  }
}
for (const finding of tally.findings) console.error(finding)
if (tally.findings.length > 0) console.error(`Again with --seed ${seed} --runs ${runs}.`)
console.log(JSON.stringify({ runs: tally.runs, serverErrors, hangs, leaks: found }))
process.exitCode = serverErrors + hangs + found === 0 ? 0 : 1
