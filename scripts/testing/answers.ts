import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type AnswerTally,
  readScores,
  type Score,
  sumAnswers,
} from '../../test/conformance/support/tally.ts'
import { fail, pass, type Tally } from './tally.ts'

const preload = 'test/conformance/support/watch.js'

/** Watches over every answer of a simulated Azure, in whichever process of the tests. */
export interface Watch {
  /** What the tests' processes are started with. */
  readonly env: NodeJS.ProcessEnv
  answers(): AnswerTally
  scores(): readonly Score[]
  end(): void
}

export const watchAnswers = (root: string): Watch => {
  const folder = mkdtempSync(join(tmpdir(), 'answers-'))
  const url = pathToFileURL(join(root, preload))
  url.searchParams.set('into', folder)
  const given = process.env['NODE_OPTIONS']
  const options = `${given ? `${given} ` : ''}--import=${url}`
  return {
    // A checkout without these tests is watched by nobody.
    env: existsSync(join(root, preload)) ? { ...process.env, NODE_OPTIONS: options } : process.env,
    answers: () => sumAnswers(folder),
    scores: () => readScores(folder),
    end: () => rmSync(folder, { recursive: true }),
  }
}

/** The answers as one more check of `npm test`. */
export const tallyAnswers = ({ violations }: AnswerTally): Tally =>
  violations.length === 0
    ? pass
    : fail(...violations.map(message => ({ path: ['answers'], details: { message } })))
