// Preloaded into every process of the tests, by NODE_OPTIONS: holds each answer that a simulator in
// this process gives against Microsoft's OpenAPI documents. Costs nothing where there is none.
// `?into=` names the folder for the tally.

import { subscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const name = Symbol.for('keyturn.answers.watched')
const flushMs = 500

const into = new URL(import.meta.url).searchParams.get('into')
const state = Reflect.get(globalThis, name)
if (state === undefined) watch({ into })
// Preloaded twice: the folder that is named last is meant.
else state.into = into ?? state.into

/** @param {{ into: string | null }} state */
function watch(state) {
  Reflect.set(globalThis, name, state)
  /** @type {unknown[]} */
  const waiting = []
  let isLoading = false
  /** @type {import('./tallying.ts').Tallying | undefined} */
  let tallying
  const load = async () => {
    const { startTallying } = await import('./tallying.ts')
    tallying = startTallying(state.into)
  }
  const drain = () => {
    if (tallying && waiting.length > 0) tallying.take(waiting.splice(0))
  }
  // Judged a little later, so that no answer waits for it; soon, for who is killed tells nothing.
  subscribe('azure-sim:answer', answer => {
    if (!isLoading) load()
    isLoading = true
    if (waiting.push(answer) === 1) setTimeout(drain, flushMs).unref()
  })
  process.on('exit', () => {
    drain()
    if (tallying?.failed && !process.exitCode) process.exitCode = 1
    if (waiting.length > 0 && state.into !== null) tellLost(state.into, waiting.length)
  })
}

/** @param {string} into @param {number} count */
function tellLost(into, count) {
  const unjudged = { 'any: the process ended before it could be judged': count }
  const tally = JSON.stringify({ operations: {}, unjudged, violations: [] })
  writeFileSync(join(into, `answers-${process.pid}-lost.json`), tally)
}
