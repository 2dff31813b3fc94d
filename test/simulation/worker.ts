import { parentPort } from 'node:worker_threads'
import { simulate } from './simulation.ts'

/** A thread that runs the seed that it is sent, and answers with its result. */
const port = parentPort
if (port === null) throw new TypeError('this file is for a worker thread')

// Nobody reads the stacks of the many errors that a simulated world is full of.
Error.stackTraceLimit = 0

port.on('message', (seed: number) => {
  void simulate({ seed }).then(
    result => port.postMessage({ ...result, trace: [] }),
    error => {
      throw error
    },
  )
})
