// `npm run conformance -- --json`: holds the simulated Azure against what Microsoft publishes. The
// conformance tests and the simulator's own run, and each answer that they get is validated. Exit
// code 0 only if nothing failed, broke a schema, or was left out without a reason.

import { fileURLToPath } from 'node:url'
import { parseArgs, styleText } from 'node:util'
import { watchAnswers } from './testing/answers.ts'
import { sumUp } from './testing/conformance.ts'
import { findTests } from './testing/files.ts'
import { runTests } from './testing/run-tests.ts'
import { add, nothing, type Tally } from './testing/tally.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['test/conformance', 'packages/azure-sim/test']

/** To whoever watches at a terminal; the result alone goes to standard output. */
const progress = (total: number) => {
  let ended = 0
  return (file: string, { failed }: Tally): void => {
    ended++
    if (!process.stderr.isTTY) return
    const mark = failed > 0 ? styleText('red', '✖') : styleText('green', '✔')
    process.stderr.write(
      `\r\u001B[K${mark} ${ended}/${total} ${file}${ended === total ? '\n' : ''}`,
    )
  }
}

const main = async (json: boolean): Promise<number> => {
  const files = findTests(root, folders)
  const watch = watchAnswers(root)
  const tallies = await runTests(root, files, progress(files.length), watch.env)
  const tests = tallies.reduce(add, nothing)
  const result = sumUp(tests, watch.answers(), watch.scores())
  watch.end()
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else process.stdout.write(table(result))
  return result.ok ? 0 : 1
}

const table = ({ ok, skipped, failures, ...rest }: ReturnType<typeof sumUp>): string => {
  const { vectors, schemas, examples, recordings, errors, tests } = rest
  const held = Object.entries({ vectors, examples, recordings, errors }).map(
    ([name, { passed, total }]) => `${name.padEnd(12)}${passed} of ${total}`,
  )
  const { operations, validated, violations } = schemas
  const lines = [
    ...held,
    `schemas     ${validated} answers of ${operations} operations, ${violations} violations`,
    `tests       ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`,
    ...(skipped.length > 0 ? ['', 'Not held against anything:'] : []),
    ...skipped.map(
      ({ name, reason }) => `  ${name}: ${reason === '' ? 'no reason given' : reason}`,
    ),
    ...(failures.length > 0 ? ['', 'Failed:'] : []),
    ...failures.map(failure => `  ${failure}`),
    '',
    ok ? 'Nothing that was held against Microsoft’s word differs.' : 'It is not as Microsoft says.',
  ]
  return `${lines.join('\n')}\n`
}

try {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
  process.exitCode = await main(values.json)
} catch (error) {
  if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) throw error
  process.stderr.write(`npm run conformance takes --json alone: ${(error as Error).message}\n`)
  process.exitCode = 2
}
