// `npm test`: lint, format and types, then every test. The last line is the sum of it all.

import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'
import { tallyAnswers, watchAnswers } from './testing/answers.ts'
import { runChecks } from './testing/checks.ts'
import { withCompileCache } from './testing/compile-cache.ts'
import { findTests, UnknownPath } from './testing/files.ts'
import { printFailure, printFile } from './testing/print.ts'
import { runTests } from './testing/run-tests.ts'
import { add, closingLine, type Tally } from './testing/tally.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const main = async (paths: readonly string[]): Promise<number> => {
  const option = paths.find(path => path.startsWith('-'))
  if (option !== undefined) throw new UnknownPath(`npm test takes paths only, not ${option}.`)
  const files = findTests(root, paths)
  const checks = await runChecks(root, paths)
  const watch = watchAnswers(root)
  const tests = await runTests(root, files, printFile, withCompileCache(root, watch.env))
  const answers = tallyAnswers(watch.answers())
  watch.end()
  const tallies: Tally[] = [...checks, ...tests, answers]
  const sum = tallies.reduce(add)
  for (const failure of sum.failures) printFailure(failure)
  process.stdout.write(`\n${closingLine(sum)}\n`)
  return sum.failed === 0 && tests.some(({ passed }) => passed > 0) ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UnknownPath)) throw error
  process.stderr.write(`${styleText('red', error.message)}\n`)
  process.exitCode = 2
}
